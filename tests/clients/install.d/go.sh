# The Go clients are a module of their own, so that tagd depends on none of them.
mkdir -p "$CLIENTS/go"
(cd go && go build -o "$CLIENTS/go/" ./pgx ./pq ./gorm ./bun ./xorm ./migrations)
