package subschema

// simplified is the normal form with the conclusions drawn that proofs need and findings do not
// use: a negation of a type is the other types, minContains: 0 demands nothing, an object that must
// have what it may not have is none.
func (c *Schema) simplified() *NormalForm {
	if c.simple == nil {
		c.simple = c.Meant() // for schemas that lead back to themselves
		end := c.catalog.meter.ForAll()
		c.simple = c.Meant().simplify(c.catalog)
		c.simple.Incomplete = c.simple.Incomplete || c.catalog.meter.Spent()
		end()
	}
	return c.simple
}

// simplify is n itself where there is nothing to conclude.
func (n *NormalForm) simplify(s *Catalog) *NormalForm {
	if n.uninhabited || !n.needsSimplification() {
		return n
	}
	c := n.clone()
	c.resolveNots(s)
	c.resolveConds(s)
	c.tidy(s)
	c.simplifyPlain()
	c.simplifyArray(s)
	c.simplifyObject(s)
	c.tidy(s)
	return c
}

// needsSimplification reports whether any keyword is there that simplify looks at.
func (n *NormalForm) needsSimplification() bool {
	return len(n.nots)+len(n.conds) > 0 || n.format.Exists() || n.Types&Number != 0 && n.max.set() && n.min.set() ||
		n.Types&String != 0 && n.maxLength.n == 0 || n.Types&Array != 0 && len(n.arrays)+len(n.contains)+len(n.scopes) > 0 ||
		n.Types&Object != 0 && (len(n.required)+len(n.names)+len(n.objects)+len(n.depRequired)+len(n.depSchemas) > 0)
}
