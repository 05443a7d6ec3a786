// Package copyio reads and writes the formats of COPY: text, CSV and binary
// (PostgreSQL 15 manual, COPY). Reading goes in two steps so that it can use all
// cores: a splitter cuts the byte stream, which may arrive split anywhere, into
// chunks of whole records, and decoders turn chunks into batches side by side;
// Reader joins both and keeps the order.
package copyio
