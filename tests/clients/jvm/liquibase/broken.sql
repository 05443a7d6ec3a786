--liquibase formatted sql

--changeset li:b1
CREATE TABLE fine (a integer);
--rollback DROP TABLE fine;

--changeset li:b2 dbms:postgresql
CREATE TABLE half (a integer);
INSERT INTO half VALUES ('no');
