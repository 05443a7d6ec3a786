package bind

import "tagd/sql/ast"

// viewFuncs are the set-returning functions of PostgreSQL that stand behind a view
// of pg_catalog and have its columns: here the view has the rows, and the function
// in FROM reads the view.
var viewFuncs = map[string]string{
	"pg_cursor":                         "pg_cursors",
	"pg_hba_file_rules":                 "pg_hba_file_rules",
	"pg_ident_file_mappings":            "pg_ident_file_mappings",
	"pg_config":                         "pg_config",
	"pg_lock_status":                    "pg_locks",
	"pg_prepared_statement":             "pg_prepared_statements",
	"pg_show_all_settings":              "pg_settings",
	"pg_show_all_file_settings":         "pg_file_settings",
	"pg_timezone_abbrevs":               "pg_timezone_abbrevs",
	"pg_timezone_names":                 "pg_timezone_names",
	"pg_get_shmem_allocations":          "pg_shmem_allocations",
	"pg_get_backend_memory_contexts":    "pg_backend_memory_contexts",
	"pg_show_replication_origin_status": "pg_replication_origin_status",
}

// viewParts are functions whose view has columns that they lack.
var viewParts = map[string][]string{
	"pg_available_extensions":         {"name", "default_version", "comment"},
	"pg_available_extension_versions": {"name", "version", "superuser", "trusted", "relocatable", "schema", "requires", "comment"},
}

// viewRef is the view that a function in FROM stands before, r itself for other
// entries.
func viewRef(r ast.TableRef) ast.TableRef {
	ref, ok := r.(*ast.FuncRef)
	if !ok || len(ref.Funcs) != 1 || ref.Ordinality || len(ref.Alias.Defs) > 0 {
		return r
	}
	f, ok := ref.Funcs[0].(*ast.Func)
	if !ok || len(f.Args) > 0 || f.Star || f.Special {
		return r
	}
	name := funcName(f)
	if columns, ok := viewParts[name]; ok {
		return viewPart(ref, f, name, columns)
	}
	view, ok := viewFuncs[name]
	if !ok {
		return r
	}
	out := &ast.TableName{Name: ast.Name{At: f.At, Schema: "pg_catalog", Name: view}, Alias: ref.Alias}
	out.At = ref.At
	if out.Alias.Name == "" {
		out.Alias.Name = name
	}
	return out
}

// viewPart is a query of some columns of the view that is called like a function.
func viewPart(ref *ast.FuncRef, f *ast.Func, name string, columns []string) ast.TableRef {
	view := &ast.TableName{Name: ast.Name{At: f.At, Schema: "pg_catalog", Name: name}}
	view.At = ref.At
	q := &ast.Select{At: f.At, From: []ast.TableRef{view}}
	for _, c := range columns {
		q.Items = append(q.Items, ast.Item{X: &ast.Column{At: f.At, Parts: []string{c}}})
	}
	out := &ast.Derived{Query: q, Alias: ref.Alias}
	out.At = ref.At
	if out.Alias.Name == "" {
		out.Alias.Name = name
	}
	return out
}
