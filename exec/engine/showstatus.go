package engine

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tagd/sql/ast"
	"tagd/sql/fn"
	"tagd/sql/sqlerr"
)

// sortedKeys are the keys of a map in order.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func showCreateTable(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	rel, release, err := s.shownTable(u)
	if err != nil {
		return nil, err
	}
	defer release()
	if rel.def == nil {
		return [][]*string{cells(rel.name, createViewText(rel))}, nil
	}
	return [][]*string{cells(rel.name, createText(rel.def))}, nil
}

func showCreateView(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	rel, release, err := s.shownTable(u)
	if err != nil {
		return nil, err
	}
	defer release()
	if rel.view == nil {
		return nil, sqlerr.New("42809", `"%s" is not a view`, rel.name)
	}
	return [][]*string{cells(rel.name, createViewText(rel))}, nil
}

func createViewText(rel *relation) string {
	names := make([]string, len(rel.view.Columns))
	for i, c := range rel.view.Columns {
		names[i] = quoteIdent(c.Name)
	}
	word := "VIEW"
	if rel.view.Mat {
		word = "MATERIALIZED VIEW"
	}
	return "CREATE " + word + " " + quoteIdent(rel.name) + " (" + strings.Join(names, ", ") + ") AS\n" + rel.view.Text + ";"
}

func showCreateDatabase(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	snap, release := s.snapshot()
	defer release()
	if databasesOf(snap).named(u.Table.Schema) == nil {
		return nil, sqlerr.New("3D000", `database "%s" does not exist`, u.Table.Schema)
	}
	return [][]*string{cells(u.Table.Schema, "CREATE DATABASE "+quoteIdent(u.Table.Schema)+";")}, nil
}

// showProcesses lists the sessions. Without FULL a statement is cut after 100
// characters, as MySQL does.
func showProcesses(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	var out [][]*string
	c, release := s.catalog()
	defer release()
	for _, a := range s.activities(c) {
		command, info := "Sleep", null
		if a.state == "active" {
			command = "Query"
			q := a.query
			if r := []rune(q); !u.Full && len(r) > 100 {
				q = string(r[:100])
			}
			info = &q
		}
		out = append(out, cells(int64(a.pid), a.user, a.app, a.db, command, int64(s.e.opt.Now().Sub(a.since).Seconds()), a.state, info))
	}
	return out, nil
}

// showVariables lists the settings and MySQL's variables that have a meaning.
func showVariables(s *Session, _ *ast.ShowObjects) ([][]*string, error) {
	all := fn.Variables(s.examine)
	for i := range settingList {
		if k := settingList[i].key(); all[k] == "" {
			all[k] = s.values[k]
		}
	}
	var out [][]*string
	for _, name := range sortedKeys(all) {
		out = append(out, cells(name, all[name]))
	}
	return out, nil
}

func showStatus(s *Session, _ *ast.ShowObjects) ([][]*string, error) {
	running := 0
	list := s.e.live.list()
	for _, a := range list {
		if a.state == "active" {
			running++
		}
	}
	return [][]*string{cells("Threads_connected", len(list)), cells("Threads_running", running),
		cells("Uptime", int64(s.e.opt.Now().Sub(s.e.started).Seconds()))}, nil
}

func showEngines(*Session, *ast.ShowObjects) ([][]*string, error) {
	return [][]*string{cells("tagd", "DEFAULT", "columnar segments with bitmaps", "YES", "YES")}, nil
}

func showCharsets(*Session, *ast.ShowObjects) ([][]*string, error) {
	return [][]*string{cells("utf8mb4", "UTF-8 Unicode", "utf8mb4_bin", "4")}, nil
}

func showCollations(*Session, *ast.ShowObjects) ([][]*string, error) {
	return [][]*string{cells("utf8mb4_bin", "utf8mb4", "Yes")}, nil
}

// maxDiagnostics bounds what SHOW WARNINGS remembers of a statement.
const maxDiagnostics = 64

// remember keeps a notice or an error for SHOW WARNINGS.
func (s *Session) remember(e *sqlerr.Error) {
	if len(s.diagnostics) < maxDiagnostics {
		s.diagnostics = append(s.diagnostics, e)
	}
}

// isDiagnostic reports the statements that show what others have left.
func isDiagnostic(st ast.Stmt) bool {
	u, ok := st.(*ast.ShowObjects)
	return ok && (u.Kind == "WARNINGS" || u.Kind == "ERRORS")
}

func showDiagnostics(s *Session, u *ast.ShowObjects) ([][]*string, error) {
	var out [][]*string
	for _, e := range s.diagnostics {
		level := "Note"
		switch e.Severity {
		case "WARNING":
			level = "Warning"
		case "", "ERROR":
			level = "Error"
		}
		if level == "Error" || u.Kind == "WARNINGS" {
			out = append(out, cells(level, e.Code, e.Message))
		}
	}
	if u.Count {
		return [][]*string{cells(len(out))}, nil
	}
	return out, nil
}
