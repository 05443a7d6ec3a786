-- ${flyway:defaultSchema} and ${who} are placeholders
INSERT INTO city VALUES ('BJ', '北京', 1, '1949-10-01'), ('SH', '上海', 1, NULL), ('X', '${who}', 5, '2020-02-29');
INSERT INTO member (city_code, phone, labels, profile) VALUES
  ('BJ', '13800000001', ARRAY['a', 'b;c'], '{"k": "${flyway:defaultSchema}"}'), ('SH', NULL, '{}', NULL);
COPY member (city_code, phone) FROM STDIN;
BJ	13800000002
\N	13800000003
\.
