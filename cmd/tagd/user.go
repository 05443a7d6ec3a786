package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"tagd/exec/engine"
	"tagd/storage"
)

// userFlags are the flags of tagd user.
type userFlags struct {
	data                  string
	superuser, noPassword bool
}

func userCommand() *cobra.Command {
	var f userFlags
	cmd := &cobra.Command{
		Use:   "user [--superuser] NAME",
		Short: "Set the password of a role in a file that is not served, making the role if need be",
		Long: "Set the password of a role in a data file that no server has open. A role that is not\n" +
			"there is made, with LOGIN. The password is asked for on a terminal, read from standard\n" +
			"input otherwise, or taken from TAGD_PASSWORD.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return f.run(args[0]) },
	}
	cmd.Flags().StringVar(&f.data, "data", "tags.db", "data file")
	cmd.Flags().BoolVar(&f.superuser, "superuser", false, "make the role a superuser")
	cmd.Flags().BoolVar(&f.noPassword, "no-password", false, "take the password away")
	return cmd
}

func (f *userFlags) run(name string) error {
	password := ""
	if !f.noPassword {
		var err error
		if password, err = readPassword(); err != nil {
			return err
		}
	}
	db, err := storage.Open(f.data, storage.Options{Keys: engine.Keyer})
	if err != nil {
		return err
	}
	defer db.Close()
	eng, err := engine.New(db, engine.Options{Version: version})
	if err != nil {
		return err
	}
	_, known := eng.Verifier(name)
	made, err := eng.SetPassword(name, password, f.superuser)
	switch {
	case err != nil:
		return err
	case made && !known:
		fmt.Printf("role %q made\n", name)
	case password == "":
		fmt.Printf("the password of role %q was removed\n", name)
	default:
		fmt.Printf("the password of role %q was set\n", name)
	}
	return nil
}

// readPassword gets a password: from TAGD_PASSWORD, twice from a terminal without
// showing it, or the first line of standard input.
func readPassword() (string, error) {
	if p, ok := os.LookupEnv("TAGD_PASSWORD"); ok {
		return checkPassword(p)
	}
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		return checkPassword(strings.TrimRight(line, "\r\n"))
	}
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(os.Stderr, prompt)
		b, err := term.ReadPassword(in)
		fmt.Fprintln(os.Stderr)
		if err != nil {
			return "", err
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the passwords are not the same")
	}
	return checkPassword(typed[0])
}

func checkPassword(p string) (string, error) {
	if p == "" {
		return "", errors.New("the password is empty")
	}
	return p, nil
}
