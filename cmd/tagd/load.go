package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

type loadFlags struct {
	serveFlags
	table, columns, delimiter, null string
	noHeader                        bool
}

func loadCommand() *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load --data F --table T file.csv...",
		Short: "Load CSV files into a table, offline (\"-\" reads standard input)",
		Args:  cobra.MinimumNArgs(1),
		RunE:  func(cmd *cobra.Command, files []string) error { return f.run(files) },
	}
	fl := cmd.Flags()
	fl.StringVar(&f.data, "data", "tags.db", "data file")
	fl.StringVar(&f.table, "table", "", "table, or schema.table, to load into; it must exist")
	fl.StringVar(&f.columns, "columns", "", "comma-separated columns in file order (default: those that the header names, or all)")
	fl.StringVar(&f.delimiter, "delimiter", ",", "one character between fields")
	fl.StringVar(&f.null, "null", "", "text that stands for NULL")
	fl.BoolVar(&f.noHeader, "no-header", false, "the files have no header line")
	_ = cmd.MarkFlagRequired("table")
	return cmd
}

// run loads each file by a COPY of its own: a file is stored whole or not at all.
func (f *loadFlags) run(files []string) error {
	if _, err := os.Stat(f.data); err != nil {
		return fmt.Errorf("--data: %w (tagd serve or tagd demo makes a new file)", err)
	}
	db, eng, err := f.open()
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	s, err := connect(ctx, eng)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, name := range files {
		start := time.Now()
		tag, err := f.file(s, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Printf("%s: %s in %.1f s\n", name, tag, time.Since(start).Seconds())
	}
	return eng.Save()
}

func (f *loadFlags) file(s *local, name string) (string, error) {
	in, size := os.Stdin, int64(-1)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
		if st, err := file.Stat(); err == nil {
			size = st.Size()
		}
	}
	rows := &counter{in: in, bar: newByteBar(size, name), start: time.Now()}
	if onTerminal() {
		defer fmt.Fprintln(os.Stderr)
	}
	// Spreadsheets mark UTF-8 with three bytes that are no part of the first name.
	text := bufio.NewReaderSize(rows, 1<<20)
	if mark, _ := text.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = text.Discard(3)
	}
	if f.columns != "" || f.noHeader {
		return s.copyIn(f.statement(splitNames(f.columns)), text)
	}
	names, whole := f.header(text)
	return s.copyIn(f.statement(names), whole)
}

func splitNames(list string) []string {
	if list == "" {
		return nil
	}
	names := strings.Split(list, ",")
	for i, n := range names {
		names[i] = strings.TrimSpace(n)
	}
	return names
}

// header reads the columns that the first line names and returns the text with
// that line again before the rest. A line that is no list of names gives none:
// COPY says what is wrong with it.
func (f *loadFlags) header(text io.Reader) (names []string, whole io.Reader) {
	var read bytes.Buffer
	r := csv.NewReader(io.TeeReader(text, &read))
	if c, n := utf8.DecodeRuneInString(f.delimiter); n == len(f.delimiter) {
		r.Comma = c
	}
	names, err := r.Read()
	if err != nil {
		names = nil
	}
	return names, io.MultiReader(&read, text)
}

// statement is the COPY that the flags describe, of all columns where none are
// named.
func (f *loadFlags) statement(names []string) string {
	sql := "COPY " + tableName(f.table)
	if len(names) > 0 {
		quoted := make([]string, len(names))
		for i, n := range names {
			quoted[i] = quoteName(n)
		}
		sql += " (" + strings.Join(quoted, ", ") + ")"
	}
	sql += " FROM STDIN (FORMAT csv, DELIMITER " + quoteText(f.delimiter) + ", NULL " + quoteText(f.null)
	if !f.noHeader {
		sql += ", HEADER MATCH"
	}
	return sql + ")"
}

// tableName writes a table's name, or schema.table, as SQL. Parts keep their
// case; a part with a dot of its own stands in double quotes.
func tableName(s string) string {
	var parts []string
	for rest, more := s, true; more; {
		var part string
		if quoted, ok := strings.CutPrefix(rest, `"`); ok && strings.Contains(quoted, `"`) {
			part, rest, _ = strings.Cut(quoted, `"`)
			rest, more = strings.CutPrefix(rest, ".")
		} else {
			part, rest, more = strings.Cut(rest, ".")
		}
		parts = append(parts, quoteName(part))
	}
	return strings.Join(parts, ".")
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
func quoteText(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }

// onTerminal tells whether a person reads standard error; a log wants no bars.
func onTerminal() bool { return term.IsTerminal(int(os.Stderr.Fd())) }

func newByteBar(size int64, name string) *progressbar.ProgressBar {
	return progressbar.NewOptions64(size,
		progressbar.OptionSetDescription(name), progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetVisibility(onTerminal()),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(200*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionSetPredictTime(true))
}

var newline = []byte{'\n'}

// counter moves the bar by bytes and names the rate in lines a second.
type counter struct {
	in    io.Reader
	bar   *progressbar.ProgressBar
	lines int64
	start time.Time
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.lines += int64(bytes.Count(p[:n], newline))
	if s := time.Since(c.start).Seconds(); s > 0.2 {
		c.bar.Describe(fmt.Sprintf("%.0f rows/s", float64(c.lines)/s))
	}
	_ = c.bar.Add(n)
	return n, err
}
