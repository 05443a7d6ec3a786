package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"tagd/exec/engine"
	"tagd/storage"
)

func checkCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use: "check --data F", Short: "Verify every page, dictionary, index and count; one line per fault", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			faults := 0
			err := storage.Check(data, engine.Keyer, func(fault string) { faults++; fmt.Println(fault) })
			if err != nil {
				return err
			}
			if faults > 0 {
				return fmt.Errorf("%s: %d faults", data, faults)
			}
			fmt.Printf("%s: no faults\n", data)
			return nil
		},
	}
	cmd.Flags().StringVar(&data, "data", "tags.db", "data file")
	return cmd
}

func dumpCommand() *cobra.Command {
	var data, filter string
	cmd := &cobra.Command{
		Use: "dump --data F", Short: "Print the pages of a data file in words", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return storage.Dump(data, os.Stdout, filter) },
	}
	cmd.Flags().StringVar(&data, "data", "tags.db", "data file")
	cmd.Flags().StringVar(&filter, "table", "", "only this table, or table.column")
	return cmd
}
