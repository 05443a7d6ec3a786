package fn

// The text_pattern_ops operators compare bytes whatever the collation.
func init() {
	for name, r := range map[string]rel{"~<~": relLT, "~<=~": relLE, "~>~": relGT, "~>=~": relGE} {
		op(name, tText, tText, tBool, compareStrings(r))
	}
}
