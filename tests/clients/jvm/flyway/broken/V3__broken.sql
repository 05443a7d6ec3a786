CREATE TABLE before_the_fault (a integer);
INSERT INTO member (city_code) VALUES ('nowhere');
CREATE TABLE after_the_fault (a integer);
