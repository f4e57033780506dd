package main

import (
	"fmt"
	"strings"
)

// schemaFamilies are pairs of contracts whose schemas grow.
var schemaFamilies = []family{
	schemas("oneof-chain", func(n int, last string) (obj, string) { return levels(n, "oneOf", last), "L0" }),
	schemas("anyof-chain", func(n int, last string) (obj, string) { return levels(n, "anyOf", last), "L0" }),
	schemas("allof-chain", func(n int, last string) (obj, string) { return levels(n, "allOf", last), "L0" }),
	schemas("oneof-mesh", func(n int, last string) (obj, string) { return mesh(n, "oneOf", last), "M0" }),
	schemas("anyof-mesh", func(n int, last string) (obj, string) { return mesh(n, "anyOf", last), "M0" }),
	schemas("allof-mesh", func(n int, last string) (obj, string) { return mesh(n, "allOf", last), "M0" }),
	schemas("patterns-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"type": "string", "allOf": list(n, func(i int) any { return obj{"pattern": fmt.Sprintf("(a|b%s)*[c-f]%d.*x{1,9}$", last, i)} })})
	}),
	schemas("patterns-of-states", func(n int, last string) (obj, string) {
		return one(obj{"type": "string", "allOf": list(n, func(i int) any {
			return obj{"pattern": fmt.Sprintf("^(.*a.{%d}%s%d|[b-k]{0,40})$", 8+i%7, last[:1], i)}
		})})
	}),
	schemas("patterns-under-anyof", func(n int, last string) (obj, string) {
		return one(obj{"anyOf": list(n, func(i int) any {
			return obj{"type": "string", "pattern": fmt.Sprintf("^%s%d[a-z]{1,%d}$", last[:1], i, i%90+1)}
		})})
	}),
	schemas("renamed-properties", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last[:1], i), obj{} })})
	}),
	schemas("renamed-required-properties", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last[:1], i), obj{} }),
			"required": list(n, func(i int) any { return fmt.Sprintf("%s%d", last[:1], i) }), "additionalProperties": false})
	}),
	schemas("retyped-properties", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last} })})
	}),
	schemas("property-components", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) { return fmt.Sprintf("C%d", i), obj{"type": last, "minLength": i} })
		s["S"] = obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), ref(fmt.Sprintf("C%d", i)) })}
		return s, "S"
	}),
	schemas("nested-properties", func(n int, last string) (obj, string) {
		return one(nested(min(n, 300), func(i int, s any) any {
			return obj{"properties": obj{"a" + strings.Repeat("x", n/300): s, "b": obj{"type": last}}}
		}))
	}),
	schemas("nested-arrays", func(n int, last string) (obj, string) {
		return one(nested(min(n, 450), func(i int, s any) any { return obj{"items": s, "minItems": len(last) + n/450} }))
	}),
	schemas("nested-not", func(n int, last string) (obj, string) {
		return one(nested(min(n, 450), func(i int, s any) any {
			return obj{"not": s, "title": strings.Repeat("t", n/450), "maxLength": len(last)}
		}))
	}),
	schemas("nested-anyof-not", func(n int, last string) (obj, string) {
		return one(nested(min(n, 150), func(i int, s any) any {
			return obj{"anyOf": []any{s, obj{"not": obj{"type": last}}, obj{"allOf": []any{obj{"not": obj{"const": i + n/150}}}}}}
		}))
	}),
	schemas("nested-oneof-allof", func(n int, last string) (obj, string) {
		return one(nested(min(n, 200), func(i int, s any) any {
			return obj{"oneOf": []any{obj{"allOf": []any{s, obj{"required": []any{"a"}}}}, obj{"type": last, "title": strings.Repeat("t", n/200)}}}
		}))
	}),
	schemas("ref-chain", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"properties": obj{"n": ref(fmt.Sprintf("C%d", i+1))}}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": last}
		return s, "C0"
	}),
	schemas("ref-chain-all-changed", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"properties": obj{"n": ref(fmt.Sprintf("C%d", i+1)), "m": obj{"type": last}}}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": last}
		return s, "C0"
	}),
	schemas("recursive-schemas", func(n int, last string) (obj, string) {
		return keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"properties": obj{"a": ref(fmt.Sprintf("C%d", (i+1)%n)), "b": ref(fmt.Sprintf("C%d", (i*7+3)%n)), "c": obj{"type": last}}}
		}), "C0"
	}),
	schemas("crossing-refs", func(n int, last string) (obj, string) { // every old one meets every new one
		step := 1
		if last == "integer" {
			step = 2
		}
		return keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"properties": obj{"a": ref(fmt.Sprintf("C%d", (i+step)%n)), "b": ref(fmt.Sprintf("C%d", (i*3+step)%n)), "c": obj{"maxLength": i}}}
		}), "C0"
	}),
	schemas("cyclic-allof", func(n int, last string) (obj, string) {
		return keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"allOf": []any{ref(fmt.Sprintf("C%d", (i+1)%n)), obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}}}}
		}), "C0"
	}),
	schemas("cyclic-allof-used-by-all", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"allOf": []any{ref(fmt.Sprintf("C%d", (i+1)%n)), obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}}}}
		})
		s["S"] = obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("q%d", i), ref(fmt.Sprintf("C%d", i)) })}
		return s, "S"
	}),
	schemas("allof-inherited-by-each", func(n int, last string) (obj, string) { // each one is all of the ones before
		s := keyed(n, func(i int) (string, any) {
			all := []any{obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}}}
			if i > 0 {
				all = append(all, ref(fmt.Sprintf("C%d", i-1)))
			}
			return fmt.Sprintf("C%d", i), obj{"allOf": all}
		})
		s["S"] = obj{"anyOf": list(n, func(i int) any { return ref(fmt.Sprintf("C%d", i)) })}
		return s, "S"
	}),
	schemas("wide-enum-renamed", func(n int, last string) (obj, string) {
		return one(obj{"enum": list(n, func(i int) any { return fmt.Sprintf("%s%d", last[:1], i) })})
	}),
	schemas("enum-properties", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"enum": []any{last, i}} })})
	}),
	schemas("enum-of-objects", func(n int, last string) (obj, string) {
		return one(obj{"enum": list(n, func(i int) any { return obj{"k": i, last: []any{i}} })})
	}),
	schemas("enums-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(isqrt(n), func(i int) any {
			return obj{"enum": list(isqrt(n), func(k int) any { return fmt.Sprintf("%d%s", k, last[:i%2]) })}
		})})
	}),
	schemas("oneof-of-constants", func(n int, last string) (obj, string) {
		return one(obj{"oneOf": list(n, func(i int) any { return obj{"const": fmt.Sprintf("%s%d", last, i)} })})
	}),
	schemas("oneof-of-objects", func(n int, last string) (obj, string) {
		return one(obj{"oneOf": list(n, func(i int) any {
			return obj{"required": []any{"k"}, "properties": obj{"k": obj{"const": i}, "v": obj{"type": last}}}
		})})
	}),
	schemas("anyof-of-objects", func(n int, last string) (obj, string) {
		return one(obj{"anyOf": list(n, func(i int) any { return obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}} })})
	}),
	schemas("anyof-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(isqrt(n), func(i int) any {
			return obj{"anyOf": list(isqrt(n), func(k int) any {
				return obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last, "minLength": k}}}
			})}
		})})
	}),
	schemas("oneof-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any {
			return obj{"oneOf": []any{obj{"required": []any{fmt.Sprintf("a%d", i)}}, obj{"required": []any{fmt.Sprintf("b%d%s", i, last[:1])}}}}
		})})
	}),
	schemas("oneof-of-16-deep", func(n int, last string) (obj, string) {
		s := obj{"L0": obj{"type": last}}
		for l := 1; l <= max(n/16, 1); l++ {
			s[fmt.Sprintf("L%d", l)] = obj{"oneOf": list(16, func(i int) any {
				return obj{"required": []any{fmt.Sprintf("r%d", i)}, "properties": obj{"n": ref(fmt.Sprintf("L%d", l-1)), fmt.Sprintf("p%d", i): obj{"type": last}}}
			})}
		}
		return s, fmt.Sprintf("L%d", max(n/16, 1))
	}),
	schemas("discriminator-mesh", func(n int, last string) (obj, string) {
		n = isqrt(n)
		return keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("D%d", i), obj{
				"type": "object", "required": []any{"kind"}, "properties": obj{"kind": obj{"type": "string"}, "v": obj{"type": last}, "n": obj{
					"oneOf": list(n, func(k int) any { return ref(fmt.Sprintf("D%d", k)) }),
					"discriminator": obj{"propertyName": "kind", "mapping": keyed(n, func(k int) (string, any) {
						return fmt.Sprintf("%s%d", last[:1], k), fmt.Sprintf("#/components/schemas/D%d", k)
					})},
				}}}
		}), "D0"
	}),
	schemas("pattern-properties", func(n int, last string) (obj, string) {
		return one(obj{"patternProperties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("^(a+)+b{1,%d}%d%s$", i%50+1, i, last), obj{"type": last, "maxLength": i}
		})})
	}),
	schemas("pattern-properties-nested", func(n int, last string) (obj, string) {
		return one(obj{"patternProperties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("((x{1,30}){1,30}y%d%s)*$", i, last), obj{"type": last}
		})})
	}),
	schemas("patterns-of-huge-programs", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"pattern": fmt.Sprintf("(%s%d{900})+", last, i)}
		})})
	}),
	schemas("patterns-of-one-text", func(n int, last string) (obj, string) {
		return one(obj{"enum": list(n/20, func(i int) any { return strings.Repeat("a", 20) + fmt.Sprint(i) }),
			"allOf": list(n/20, func(i int) any {
				return obj{"pattern": fmt.Sprintf("^(a|a)*[0-9]*%s?$", strings.Repeat(last[:1], i%30+1))}
			})})
	}),
	schemas("properties-and-patterns", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last} }),
			"patternProperties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("^[o-q]+%d%s?$", i, last), obj{"maxLength": i} })})
	}),
	schemas("properties-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any { return obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}} })})
	}),
	schemas("closed-properties-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any {
			return obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}, "additionalProperties": obj{"maxLength": i}}
		})})
	}),
	schemas("additional-properties-chain", func(n int, last string) (obj, string) {
		return one(nested(min(n, 450), func(i int, s any) any { return obj{"additionalProperties": s, "minProperties": len(last) + n/450} }))
	}),
	schemas("unevaluated-properties", func(n int, last string) (obj, string) {
		return one(obj{"unevaluatedProperties": false, "anyOf": list(n, func(i int) any {
			return obj{"required": []any{fmt.Sprintf("p%d", i)}, "properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}}
		})})
	}),
	schemas("unevaluated-nested", func(n int, last string) (obj, string) {
		return one(nested(min(n, 200), func(i int, s any) any {
			return obj{"unevaluatedProperties": false, "anyOf": []any{obj{"properties": obj{"n": s}}, obj{"properties": obj{"m": obj{"type": last}}, "unevaluatedItems": false}}}
		}))
	}),
	schemas("dependent-schemas", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{} }),
			"dependentSchemas": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("p%d", i), obj{"required": []any{fmt.Sprintf("%s%d", last[:1], i)}}
			})})
	}),
	schemas("dependent-required", func(n int, last string) (obj, string) {
		return one(obj{"dependentRequired": keyed(isqrt(n), func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), list(isqrt(n), func(k int) any { return fmt.Sprintf("%s%d", last[:1], k) })
		})})
	}),
	schemas("conditions-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any {
			return obj{"if": obj{"properties": obj{"k": obj{"const": i}}}, "then": obj{"required": []any{fmt.Sprintf("%s%d", last[:1], i)}}, "else": obj{"maxProperties": i + len(last)}}
		})})
	}),
	schemas("conditions-nested", func(n int, last string) (obj, string) {
		return one(nested(min(n, 200), func(i int, s any) any {
			return obj{"if": obj{"minProperties": i}, "then": s, "else": obj{"not": s, "type": last}}
		}))
	}),
	schemas("conditions-chain", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"if": ref(fmt.Sprintf("C%d", i+1)), "then": ref(fmt.Sprintf("C%d", i+1)), "else": ref(fmt.Sprintf("C%d", i+1))}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": last}
		return s, "C0"
	}),
	schemas("not-chain", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"not": obj{"anyOf": []any{ref(fmt.Sprintf("C%d", i+1)), obj{"allOf": []any{ref(fmt.Sprintf("C%d", i+1)), obj{"maxLength": i}}}}}}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": last}
		return s, "C0"
	}),
	schemas("nots-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any { return obj{"not": obj{"properties": obj{fmt.Sprintf("p%d", i): obj{"type": last}}}} })})
	}),
	schemas("prefix-items", func(n int, last string) (obj, string) {
		return one(obj{"type": "array", "prefixItems": list(n, func(i int) any { return obj{"type": last} })})
	}),
	schemas("prefix-items-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(isqrt(n), func(i int) any {
			return obj{"prefixItems": list(isqrt(n), func(k int) any { return obj{"type": last, "maxLength": i + k} })}
		})})
	}),
	schemas("contains-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"type": "array", "allOf": list(n, func(i int) any { return obj{"contains": obj{"type": last, "maxLength": i}} })})
	}),
	schemas("property-names", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any { return obj{"propertyNames": obj{"pattern": fmt.Sprintf("^%s{%d}", last[:1], i%500)}} })})
	}),
	schemas("multiples-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(n, func(i int) any { return obj{"multipleOf": float64(i*2+len(last)) / 7} })})
	}),
	schemas("long-numbers", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"maximum": raw("1e+" + fmt.Sprint(300+i%100+len(last))), "multipleOf": raw("1e-" + fmt.Sprint(300+i%100)), "minimum": raw(strings.Repeat("9", 390-len(last)))}
		})})
	}),
	schemas("one-long-number", func(n int, last string) (obj, string) {
		return one(obj{"maximum": raw(strings.Repeat("9", max(n-len(last), 1))), "enum": []any{raw(strings.Repeat("8", n)), raw("1e999999999")}})
	}),
	schemas("long-description", func(n int, last string) (obj, string) { return one(obj{"description": strings.Repeat(last+" ", n)}) }),
	schemas("long-keys", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(10, func(i int) (string, any) { return strings.Repeat(last[:1], n) + fmt.Sprint(i), obj{"type": last} })})
	}),
	schemas("long-key-above-many", func(n int, last string) (obj, string) { // the key is in the address of each finding
		return one(obj{"properties": obj{strings.Repeat("k", n*20): obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last} })}}})
	}),
	schemas("long-alternative-names", func(n int, last string) (obj, string) {
		return one(obj{"anyOf": list(max(n/1000, 2), func(i int) any {
			return obj{"title": strings.Repeat(last[:1], 1000) + fmt.Sprint(i), "properties": keyed(100, func(k int) (string, any) { return fmt.Sprintf("p%d", k), obj{"type": last} })}
		})})
	}),
	schemas("unicode-names", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("ключ\u200b\U0001f600%s%d", last[:1], i), obj{"type": last}
		})})
	}),
	schemas("keys-with-escapes", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("~/%%\n\x01%d", i), obj{"type": last} })})
	}),
	schemas("schema-examples", func(n int, last string) (obj, string) {
		return one(obj{"type": "array", "examples": []any{list(n, func(i int) any { return last })}, "default": list(n, func(i int) any { return last })})
	}),
	schemas("unknown-keywords", func(n int, last string) (obj, string) {
		return one(keyed(n, func(i int) (string, any) { return fmt.Sprintf("k%d", i), last }))
	}),
	schemas("unknown-keywords-nested", func(n int, last string) (obj, string) {
		return one(nested(min(n, 250), func(i int, s any) any {
			return obj{"properties": obj{"n": s}, "unheard": strings.Repeat(last[:1], n/250)}
		}))
	}),
	schemas("extensions", func(n int, last string) (obj, string) {
		return one(keyed(n, func(i int) (string, any) { return fmt.Sprintf("x-k%d", i), last }))
	}),
	schemas("extensible-enum", func(n int, last string) (obj, string) {
		return one(obj{"x-extensible-enum": list(n, func(i int) any { return fmt.Sprintf("%s%d", last[:1], i) })})
	}),
	schemas("flags-on-properties", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"readOnly": last == "string", "writeOnly": last != "string", "deprecated": last == "string", "default": last, "title": last}
		})})
	}),
	schemas("formats", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"type": "string", "format": map[string]string{"string": "date-time", "integer": "email"}[last], "minLength": i}
		})})
	}),
	schemas("lengths-of-the-impossible", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"minLength": 1 << 40, "minItems": 1<<40 + len(last), "minProperties": 1 << 40, "maxLength": 1<<50 + len(last)}
		})})
	}),
	schemas("lengths-in-reach", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"minLength": 100000 * len(last), "minItems": 100000 * len(last), "maxLength": 100000*len(last) + 5}
		})})
	}),
	schemas("items-of-items-required", func(n int, last string) (obj, string) { // one value of it has 2^n parts
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"type": "object", "required": []any{"a", "b"}, "properties": obj{"a": ref(fmt.Sprintf("C%d", i+1)), "b": ref(fmt.Sprintf("C%d", i+1))}}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": last}
		return s, "C0"
	}),
	schemas("min-items-nested", func(n int, last string) (obj, string) { // 10^n items at the least
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"type": "array", "minItems": 10, "items": ref(fmt.Sprintf("C%d", i+1))}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": last}
		return s, "C0"
	}),
	schemas("many-nullable", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"anyOf": []any{obj{"type": "null"}, obj{"type": last}}}
		})})
	}),
	schemas("dynamic-refs", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"$dynamicAnchor": "node", "properties": obj{"n": obj{"$dynamicRef": "#node"}, "m": obj{"type": last}, "o": ref(fmt.Sprintf("C%d", (i+1)%n))}}
		})
		return s, "C0"
	}),
	schemas("unions-of-shared-objects", func(n int, last string) (obj, string) { // each alternative of each union has properties of the same unions
		n = isqrt(n)
		return keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"anyOf": list(n, func(k int) any {
				return obj{"required": []any{"k"}, "properties": obj{"k": obj{"const": k}, "n": ref(fmt.Sprintf("C%d", (i+k)%n)), "v": obj{"type": last}}}
			})}
		}), "C0"
	}),
	schemas("required-under-allof", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(isqrt(n), func(i int) any {
			return obj{"required": list(isqrt(n), func(k int) any { return fmt.Sprintf("%s%d", last[:1], i*7+k) })}
		})})
	}),
	schemas("allof-chain-of-required", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("C%d", i), obj{"allOf": []any{ref(fmt.Sprintf("C%d", i+1)), obj{"required": []any{fmt.Sprintf("%s%d", last[:1], i)}}}}
		})
		s[fmt.Sprintf("C%d", n)] = obj{"type": "object"}
		return s, "C0"
	}),
	schemas("discriminator-of-many", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("D%d", i), obj{"required": []any{"kind"}, "properties": obj{"kind": obj{"type": "string"}, "v": obj{"type": last}}}
		})
		s["S"] = obj{"oneOf": list(n, func(i int) any { return ref(fmt.Sprintf("D%d", i)) }), "discriminator": obj{"propertyName": "kind",
			"mapping": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last[:1], i), fmt.Sprintf("D%d", i) })}}
		return s, "S"
	}),
	schemas("discriminator-mapping", func(n int, last string) (obj, string) { // many names, one target
		return obj{"D": obj{"required": []any{"kind"}, "properties": obj{"kind": obj{"type": "string"}}}, "S": obj{"oneOf": []any{ref("D")}, "discriminator": obj{"propertyName": "kind",
			"mapping": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last[:1], i), "#/components/schemas/D" })}}}, "S"
	}),
	schemas("long-pattern", func(n int, last string) (obj, string) {
		return one(obj{"type": "string", "pattern": strings.Repeat("(a|b)*"+last[:1], n)})
	}),
	schemas("pattern-of-classes", func(n int, last string) (obj, string) {
		return one(obj{"type": "string", "pattern": "^" + strings.Repeat(`[\\p{L}\\d_-]{0,9}`, min(n, 400)) + last + "$", "minLength": n})
	}),
	schemas("patterns-with-brackets", func(n int, last string) (obj, string) {
		return one(obj{"type": "string", "allOf": list(n/900+1, func(i int) any {
			return obj{"pattern": strings.Repeat("(", 900) + last + fmt.Sprint(i) + strings.Repeat(")*", 900)}
		})})
	}),
	schemas("numbers-of-many-digits", func(n int, last string) (obj, string) {
		return one(obj{"allOf": list(max(n/1000, 2), func(i int) any {
			return obj{"maximum": raw(strings.Repeat("9", 1000) + fmt.Sprint(i) + fmt.Sprint(len(last))), "multipleOf": raw("0." + strings.Repeat("3", 1000) + fmt.Sprint(i+1))}
		})})
	}),
	schemas("enum-of-numbers", func(n int, last string) (obj, string) {
		return one(obj{"type": "number", "enum": list(n, func(i int) any { return float64(i*2+len(last)) / 8 }), "multipleOf": 0.125})
	}),
	schemas("enum-of-long-texts", func(n int, last string) (obj, string) {
		return one(obj{"enum": list(n/50+1, func(i int) any { return strings.Repeat(last[:1], 10_000) + fmt.Sprint(i) })})
	}),
	schemas("enum-of-everything", func(n int, last string) (obj, string) {
		return one(obj{"enum": list(n, func(i int) any {
			return []any{nil, i, fmt.Sprint(last, i), []any{i}, obj{fmt.Sprint(last[:1], i): nil}, i%2 == 0}[i%6]
		}), "not": obj{"enum": list(n/2, func(i int) any { return i * 3 })}})
	}),
	schemas("constants-under-not", func(n int, last string) (obj, string) {
		return one(obj{"type": "string", "allOf": list(n, func(i int) any { return obj{"not": obj{"const": fmt.Sprint(last[:1], i)}} })})
	}),
	schemas("descriptions-of-properties", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"description": "**" + last + "** <b>|`[x](y)` @a"}
		})})
	}),
	schemas("long-texts-under-a-few", func(n int, last string) (obj, string) { // below the bound of what is shown of each
		return one(obj{"properties": keyed(n/60+1, func(i int) (string, any) {
			return strings.Repeat("k", 1900) + fmt.Sprint(i), obj{"enum": []any{strings.Repeat(last[:1], 30), strings.Repeat(last[:1], 30_000)[:min(n, 1900)]}}
		})})
	}),
	schemas("properties-of-wide-objects", func(n int, last string) (obj, string) { // each example has all of what is required
		m := isqrt(n) * 2
		return one(obj{"required": list(m, func(i int) any { return fmt.Sprint("p", i) }), "properties": keyed(m, func(i int) (string, any) {
			return fmt.Sprint("p", i), obj{"type": last, "required": list(min(m, 100), func(k int) any { return fmt.Sprint("q", k) }), "minLength": 3}
		})})
	}),
	schemas("required-without-properties", func(n int, last string) (obj, string) {
		return one(obj{"required": list(n, func(i int) any { return fmt.Sprint(last[:1], i) })})
	}),
	schemas("required-chain-of-examples", func(n int, last string) (obj, string) { // any example of the first is as long as all of them
		s := keyed(n, func(i int) (string, any) {
			return fmt.Sprint("C", i), obj{"type": "object", "required": []any{"n", "v"}, "properties": obj{"n": ref(fmt.Sprint("C", i+1)), "v": obj{"type": last}}}
		})
		s[fmt.Sprint("C", n)] = obj{"type": "object"}
		return s, "C0"
	}),
	schemas("unused-components", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) { return fmt.Sprint("C", last[:1], i), obj{"type": last} })
		s["S"] = obj{"type": last}
		return s, "S"
	}),
	schemas("components-renamed", func(n int, last string) (obj, string) {
		s := keyed(n, func(i int) (string, any) { return fmt.Sprint(last, i), obj{"type": "object", "minProperties": i} })
		s["S"] = obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprint("p", i), ref(fmt.Sprint(last, i)) })}
		return s, "S"
	}),
	schemas("tuples-nested", func(n int, last string) (obj, string) {
		return one(nested(min(n, 200), func(i int, s any) any {
			return obj{"prefixItems": []any{s, obj{"type": last}, obj{"const": i}}, "items": false, "uniqueItems": true, "title": strings.Repeat("t", n/200)}
		}))
	}),
	schemas("unique-items", func(n int, last string) (obj, string) {
		return one(obj{"uniqueItems": true, "minItems": n, "items": obj{"enum": list(n, func(i int) any { return fmt.Sprint(last[:1], i) })}})
	}),
	schemas("booleans", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprint("p", i), last == "string" })})
	}),
	schemas("types-of-all", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprint("p", i), obj{"type": []any{"string", "null", "array", "object", last, "boolean", "number"}[i%3:]}
		})})
	}),
	schemas("contents", func(n int, last string) (obj, string) {
		return one(obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprint("p", i), obj{"type": "string", "contentEncoding": "base64", "contentMediaType": "application/" + last, "contentSchema": obj{"type": last}}
		})})
	}),
	schemas("deep-and-wide", func(n int, last string) (obj, string) {
		return one(nested(30, func(i int, s any) any {
			p := keyed(n/30+1, func(k int) (string, any) { return fmt.Sprint("p", k), obj{"type": last} })
			p["n"] = s
			return obj{"properties": p, "required": []any{"n"}}
		}))
	}),
}
