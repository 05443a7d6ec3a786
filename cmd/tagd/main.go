// Command tagd is the columnar segment query server for user tags: it serves
// the Postgres wire protocol over one data file, and does the offline work on
// that file (load, check, dump).
//
// This package holds flags and wiring only. Every flag can also be given as an
// environment variable: --listen is TAGD_LISTEN.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tagd/sql/sqlerr"
)

// version is what `tagd version` and version() report.
const version = "0.1.0"

func main() {
	root := &cobra.Command{
		Use:           "tagd",
		Short:         "A columnar segment query server for user tags that speaks the Postgres protocol",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(), demoCommand(), loadCommand(), userCommand(), checkCommand(), dumpCommand(), versionCommand())
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error { return fromEnvironment(cmd.Flags()) }
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "tagd:", describe(err))
		os.Exit(1)
	}
}

// fromEnvironment sets each flag that was not given from its TAGD_ variable.
func fromEnvironment(flags *pflag.FlagSet) (err error) {
	flags.VisitAll(func(f *pflag.Flag) {
		name := "TAGD_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || f.Changed || err != nil {
			return
		}
		if e := flags.Set(f.Name, value); e != nil {
			err = fmt.Errorf("%s: %w", name, e)
		}
	})
	return err
}

// describe prints an error with what psql would show beside it.
func describe(err error) string {
	e := sqlerr.From(err)
	if e.Cause == err {
		return err.Error()
	}
	text := err.Error()
	for _, part := range []struct{ name, value string }{{"DETAIL", e.Detail}, {"HINT", e.Hint}, {"CONTEXT", e.Where}} {
		if part.value != "" {
			text += "\n" + part.name + ":  " + part.value
		}
	}
	return text
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Run: func(cmd *cobra.Command, _ []string) { fmt.Println("tagd", version) },
	}
}
