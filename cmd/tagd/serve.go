package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"tagd/exec/engine"
	"tagd/server"
	"tagd/storage"
)

// serveFlags are shared by serve and demo.
type serveFlags struct {
	data, listen   string
	tls            tlsFlags
	insecure       bool
	socketDir      string
	maxConnections int
	reserved       int
	authTimeout    time.Duration
	memory, cache  int64
	workers        int
}

func (f *serveFlags) register(cmd *cobra.Command, data string) {
	fl := cmd.Flags()
	fl.StringVar(&f.data, "data", data, "data file")
	fl.StringVar(&f.listen, "listen", "127.0.0.1:5433", "address to listen on")
	fl.StringVar(&f.socketDir, "socket-dir", "", "folder of a Unix socket to listen on, too (.s.PGSQL.PORT); none without it")
	f.tls.register(fl)
	fl.BoolVar(&f.insecure, "insecure", false, "listen beyond loopback although passwords or TLS are missing")
	fl.IntVar(&f.maxConnections, "max-connections", 100, "connections at once")
	fl.IntVar(&f.reserved, "reserved-connections", 3, "of them for superusers only")
	fl.DurationVar(&f.authTimeout, "authentication-timeout", time.Minute, "time that a client has to log in")
	fl.Int64Var(&f.memory, "query-memory", 512, "memory a query may use, MB")
	fl.Int64Var(&f.cache, "cache", 0, "page cache, MB (0: chosen by the machine's memory)")
	fl.IntVar(&f.workers, "workers", 0, "goroutines per query (0: one per core)")
}

const serveHelp = `Serve a data file over the Postgres protocol.

Who comes in: a role with a password proves it by SCRAM-SHA-256, over TLS with the
channel bound (SCRAM-SHA-256-PLUS) where the client can; md5 is not spoken. A role
without a password comes in from this machine only (over --listen on loopback or
the Unix socket of --socket-dir), or with --insecure from anywhere. With --tls-ca a
client that uses TLS must also show a certificate of those authorities with the role
as its common name. There is no pg_hba.conf.`

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve a data file over the Postgres protocol", Args: cobra.NoArgs,
		Long: serveHelp,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, eng, err := f.open()
			if err != nil {
				return err
			}
			defer db.Close()
			return f.serve(eng, func(addr string) {
				fmt.Printf("tagd %s serves %s on %s\n", version, f.data, addr)
			})
		},
	}
	f.register(cmd, "tags.db")
	return cmd
}

// open opens the data file, creating it if need be, and the engine over it.
func (f *serveFlags) open() (*storage.DB, *engine.Engine, error) {
	db, err := storage.Open(f.data, storage.Options{CacheBytes: f.cache << 20, Logf: log.Printf, Keys: engine.Keyer})
	if err != nil {
		return nil, nil, err
	}
	eng, err := engine.New(db, engine.Options{MemPerQuery: f.memory << 20, Workers: f.workers, Version: version, Shown: f.shown(),
		Door: engine.Door{TLS: f.tls.on(), Certificates: f.tls.ca != "", Cleartext: f.tls.cleartext, Insecure: f.insecure, Socket: f.socketDir != ""}})
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return db, eng, nil
}

// ballast is memory that nobody touches and the system so never gives. It counts
// for the garbage collector, though: without it a server whose data are in no cache
// collects every few thousand small statements.
var ballast = make([]byte, 24<<20)

// shown are the settings that follow from flags.
func (f *serveFlags) shown() map[string]string {
	out := map[string]string{
		"max_connections":                strconv.Itoa(f.maxConnections),
		"superuser_reserved_connections": strconv.Itoa(f.reserved),
	}
	if path, err := filepath.Abs(f.data); err == nil {
		out["data_directory"] = filepath.Dir(path)
	}
	if host, _, err := net.SplitHostPort(f.listen); err == nil && host != "" {
		out["listen_addresses"] = host
	}
	if f.tls.on() {
		out["ssl"], out["ssl_cert_file"], out["ssl_key_file"], out["ssl_ca_file"] = "on", f.tls.cert, f.tls.key, f.tls.ca
	}
	if f.tls.generate {
		out["ssl_cert_file"], out["ssl_key_file"] = f.data+".crt", f.data+".key"
	}
	return out
}

// serve listens until SIGINT or SIGTERM, then drains: running statements get ten
// seconds, new connections are refused at once.
func (f *serveFlags) serve(eng *engine.Engine, ready func(addr string)) error {
	opt := server.Options{
		MaxConnections: f.maxConnections, Reserved: f.reserved, AuthTimeout: f.authTimeout,
		Cleartext: f.tls.cleartext, Superuser: engine.Superuser, Logf: log.Printf,
	}
	host, _, _ := net.SplitHostPort(f.listen)
	var err error
	if opt.TLS, err = f.tls.config(f.data, host); err != nil {
		return err
	}
	if err := f.allowed(eng, opt.TLS != nil); err != nil {
		return err
	}
	opt.Insecure = f.insecure
	listeners, err := f.bind(eng)
	if err != nil {
		return err
	}
	srv := server.New(eng, opt)
	defer runtime.KeepAlive(ballast)
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	done := make(chan error, len(listeners))
	for _, ln := range listeners {
		go func() { done <- srv.Serve(ln) }()
	}
	ready(listeners[0].Addr().String())
	select {
	case err := <-done:
		return err
	case <-stop.Done():
	}
	log.Print("stopping: running statements have ten seconds")
	grace, cancelGrace := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancelGrace()
	return errors.Join(srv.Shutdown(grace), eng.Save())
}

// allowed refuses to open the data to a network unprotected.
func (f *serveFlags) allowed(eng *engine.Engine, hasTLS bool) error {
	host, _, err := net.SplitHostPort(f.listen)
	if err != nil {
		return fmt.Errorf("--listen %q: %w", f.listen, err)
	}
	ip := net.ParseIP(host)
	if f.insecure || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	verifier, _ := eng.Verifier(engine.Superuser)
	if verifier != "" && hasTLS {
		return nil
	}
	return errors.New("refusing to listen on " + f.listen + ": anyone who reaches it could read and change the data.\n" +
		"Give the superuser a password and the server --tls-generate, or --tls-cert and --tls-key, listen on 127.0.0.1,\n" +
		"or say --insecure if the network itself is trusted.")
}
