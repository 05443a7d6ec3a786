package main

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

var peers = flag.Bool("peers", false, "ask the 27 questions of the peers' table, and DuckDB beside (needs node and npm)")

//go:embed duck.mjs
var duckScript []byte

// answer is one question's time and number of rows.
type answer struct {
	Name string  `json:"name"`
	MS   float64 `json:"ms"`
	Rows int     `json:"rows"`
}

// askPeers prints the questions' times by tagd at a pgx client and by DuckDB in
// its own process, one after the other.
func (s *served) askPeers() {
	duck := askDuck()
	fmt.Printf("\n| question | tagd, ms | DuckDB, ms | ratio |\n|---|---:|---:|---:|\n")
	for _, q := range questions {
		ms, rows, err := s.median(q.sql)
		if err != nil {
			fmt.Printf("| %s | failed: %v | %.1f | |\n", q.name, err, duck[q.name].MS)
			continue
		}
		d := duck[q.name]
		note := ""
		if d.Rows != rows {
			note = fmt.Sprintf(" (%d rows, DuckDB %d)", rows, d.Rows)
		}
		fmt.Printf("| %s%s | %.2f | %.1f | %.2f |\n", q.name, note, ms, d.MS, ms/d.MS)
	}
}

// askDuck runs duck.mjs in the benchmark's folder, where the package is installed
// once.
func askDuck() map[string]answer {
	if _, err := os.Stat(filepath.Join(*dir, "node_modules", "@duckdb", "node-api")); err != nil {
		run("npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", *dir, "@duckdb/node-api")
	}
	csvFile()
	script := filepath.Join(*dir, "duck.mjs")
	must(os.WriteFile(script, duckScript, 0o644))
	type ask struct {
		Name string `json:"name"`
		SQL  string `json:"sql"`
	}
	var list []ask
	for _, q := range questions {
		list = append(list, ask{q.name, q.forDuck()})
	}
	in, err := json.Marshal(list)
	must(err)
	cmd := exec.Command("node", script, *dir, strconv.Itoa(*runs))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	must(err)
	got := map[string]answer{}
	for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
		var a answer
		must(json.Unmarshal(sc.Bytes(), &a))
		got[a.Name] = a
	}
	return got
}
