package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// stateFamilies are whole runs, and what is read beside contracts and rules.
var stateFamilies = []family{
	run("renamed-properties", "S", func(n int, last string) any {
		return obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("%s%d", last[:1], i), obj{} })}
	}),
	run("retyped-properties", "S", func(n int, last string) any {
		return obj{"properties": keyed(n, func(i int) (string, any) { return fmt.Sprintf("p%d", i), obj{"type": last} })}
	}),
	run("long-descriptions", "S", func(n int, last string) any {
		return obj{"properties": keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("p%d", i), obj{"description": "# **" + last + "** | <b> [x](http://a)\n\n" + strings.Repeat("`*_", 40)}
		})}
	}),
	files("run: paths", runCommand, func(n int) map[string]string {
		text := func(last string) string {
			return marshal(doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/%s%d/{id}", last, i), get(path("id", last)) })}))
		}
		return runFiles(text("string"), text("integer"))
	}),
	files("run: long-paths", runCommand, func(n int) map[string]string {
		text := func(last string) string {
			return marshal(doc(obj{"paths": keyed(20, func(i int) (string, any) {
				return fmt.Sprintf("/%s%d/%s", last, i, strings.Repeat("a", n)), get(param("q", last))
			})}))
		}
		return runFiles(text("string"), text("integer"))
	}),
	files("run: empty-paths", runCommand, func(n int) map[string]string { // the most operations for their bytes
		text := func(last string) string {
			return marshal(obj{"openapi": "3.1.0", "info": obj{"title": "t", "version": "1"}, "paths": keyed(n, func(i int) (string, any) {
				return fmt.Sprintf("/%s%d", last[:1], i), obj{"get": obj{}, "put": obj{}, "post": obj{}, "delete": obj{}, "head": obj{}, "patch": obj{}, "trace": obj{}, "options": obj{}}
			})})
		}
		return runFiles(text("string"), text("integer"))
	}),
	files("run: contracts", runCommand, func(n int) map[string]string {
		made := map[string]string{"new.json": marshal(doc(nil)), "govctl.yaml": "contracts:\n" + join(n/60+1, "", func(i int) string {
			return fmt.Sprintf("  - {name: api%d, source: new.json, baseline: new.json, gate: none}\n", i)
		})}
		return made
	}),
	files("run: history", runCommand, func(n int) map[string]string {
		made := runFiles(marshal(doc(nil)), marshal(doc(nil)))
		made["governance/status/history.jsonl"] = historyLines(n)
		return made
	}),
	files("run: history-of-one-line", runCommand, func(n int) map[string]string {
		made := runFiles(marshal(doc(nil)), marshal(doc(nil)))
		made["governance/status/history.jsonl"] = historyLine(n)
		return made
	}),
	files("run: state-of-other-tools", runCommand, func(n int) map[string]string {
		made := runFiles(marshal(doc(nil)), marshal(doc(nil)))
		text := `{"a":` + strings.Repeat("[", n) + strings.Repeat("]", n) + "}"
		for _, name := range []string{"governance-summary", "breaking-status", "stability-metrics", "alert-state", "taxonomy-metrics", "openapi-diff", "manifest"} {
			made["governance/status/"+name+".json"] = text
		}
		return made
	}),
	files("run: milestones", runCommand, func(n int) map[string]string {
		made := runFiles(marshal(doc(nil)), marshal(doc(nil)))
		made["project_milestones.json"] = marshal(list(n, func(i int) any { return obj{"id": fmt.Sprint("m", i), "title": "t", "weight": i, "status": "done"} }))
		return made
	}),
	files("run: taxonomy", runCommand, func(n int) map[string]string {
		made := runFiles(marshal(doc(nil)), marshal(doc(nil)))
		made["alerts_taxonomy.json"] = alerts(n, func(i int) obj { return alert(i) })
		made["r.yaml"] = alertRules(n / 4)
		made["govctl.yaml"] += "taxonomy: {rules: [r.yaml]}\n"
		return made
	}),
	files("run: taxonomy-with-markup", runCommand, func(n int) map[string]string {
		made := runFiles(marshal(doc(nil)), marshal(doc(nil)))
		made["alerts_taxonomy.json"] = alerts(n, func(i int) obj {
			a := alert(i)
			a["description"] = strings.Repeat("<b>|`*_[x](javascript:1) @a #1 ", 20)
			return a
		})
		return made
	}),
	files("export", "openapi export new.json", func(n int) map[string]string {
		return map[string]string{"new.json": marshal(docWith(keyed(n, func(i int) (string, any) {
			return fmt.Sprintf("S\u2028<%d", i), obj{"maximum": raw("1e300"), "title": "\u00e9\x01"}
		}), nil))}
	}),
	files("export: mesh", "openapi export new.json", func(n int) map[string]string {
		return map[string]string{"new.json": marshal(docWith(mesh(n, "oneOf", "string"), nil))}
	}),
	files("semver", "semver check old.json new.json", func(n int) map[string]string {
		return map[string]string{"old.json": versioned(n, "1"), "new.json": versioned(n, "2")}
	}),
	files("waivers", "openapi diff --waivers w.yaml --now 2026-01-02T00:00:00Z old.json new.json", func(n int) map[string]string {
		return waived(n, min(n, 2000), func(i int) string { return fmt.Sprintf("'*p%d*'", i) })
	}),
	files("waivers-of-stars", "openapi diff --waivers w.yaml --now 2026-01-02T00:00:00Z old.json new.json", func(n int) map[string]string {
		return waived(n/8, min(n/8, 5000), func(i int) string { return "'" + strings.Repeat("*a", 40) + fmt.Sprint(i) + "'" })
	}),
	files("waivers-of-one-long-pattern", "openapi diff --waivers w.yaml --now 2026-01-02T00:00:00Z old.json new.json", func(n int) map[string]string {
		return waived(2, min(n, 5000), func(i int) string { return "'" + strings.Repeat("*?", n/2) + "'" })
	}),
	files("waivers-check", "openapi waivers check --waivers w.yaml --now 2026-01-02T00:00:00Z old.json new.json", func(n int) map[string]string {
		return waived(n, 2, func(i int) string { return fmt.Sprintf("'*p%d*'", i) })
	}),
	files("history", "stability show history.jsonl", func(n int) map[string]string { return map[string]string{"history.jsonl": historyLines(n)} }),
	files("history-of-one-line", "stability show history.jsonl", func(n int) map[string]string { return map[string]string{"history.jsonl": historyLine(n)} }),
	files("history-of-brackets", "stability show history.jsonl", func(n int) map[string]string {
		return map[string]string{"history.jsonl": `{"timestamp":"2026-01-01T00:00:00Z","sha":"a","x":` + strings.Repeat("[", n) + "\n"}
	}),
	files("history-of-wrong-lines", "stability show history.jsonl", func(n int) map[string]string { return map[string]string{"history.jsonl": strings.Repeat("x\n", n)} }),
	files("history-of-long-window", "stability show history.jsonl", func(n int) map[string]string {
		return map[string]string{"history.jsonl": historyLines(n), "govctl.yaml": "stability: {window: 10000}\n"}
	}),
	taxonomy("alerts", "lint", func(n int) string { return alerts(n, func(i int) obj { return alert(i) }) }),
	taxonomy("without-fields", "lint", func(n int) string {
		return alerts(n, func(i int) obj { return obj{"alert": fmt.Sprintf("Alert%d", i%(n/2+1))} })
	}),
	taxonomy("empty-alerts", "lint", func(n int) string { return alerts(n, func(int) obj { return obj{} }) }),
	taxonomy("null-alerts", "lint", func(n int) string { return marshal(obj{"alerts": make([]any, n)}) }),
	taxonomy("unknown-fields", "lint", func(n int) string {
		return alerts(1, func(int) obj { return keyed(n, func(i int) (string, any) { return fmt.Sprint("f", i), i }) })
	}),
	taxonomy("duplicates", "lint", func(n int) string { return alerts(n, func(int) obj { return alert(1) }) }),
	taxonomy("names-that-differ-little", "lint", func(n int) string {
		return alerts(n, func(i int) obj {
			a := alert(i)
			a["alert"], a["severity"] = strings.Repeat("A", 100)+fmt.Sprint(i), fmt.Sprint("critica", i)
			return a
		})
	}),
	taxonomy("successors", "lint", func(n int) string {
		return alerts(n, func(i int) obj {
			a := alert(i)
			a["deprecated"], a["replaced_by"], a["deprecated_at"] = true, fmt.Sprint("Alert", (i+1)%n), "2026-01-01T00:00:00Z"
			return a
		})
	}),
	taxonomy("long-description", "lint", func(n int) string {
		return alerts(3, func(i int) obj {
			a := alert(i)
			a["description"], a["runbook"] = strings.Repeat("word ", n), "https://h/"+strings.Repeat("a", n)
			return a
		})
	}),
	taxonomy("long-name-above-many", "lint", func(n int) string {
		return alerts(n, func(i int) obj {
			a := alert(i)
			a["alert"], a["severity"] = "A"+strings.Repeat("b", 2000), strings.Repeat("s", 2000)
			return a
		})
	}),
	taxonomy("render", "render", func(n int) string { return alerts(n, func(i int) obj { return alert(i) }) }, "jsonl", "html"),
	taxonomy("render-markup", "render", func(n int) string {
		return alerts(n, func(i int) obj {
			a := alert(i)
			a["description"], a["group"] = strings.Repeat("<&|`*", 50), strings.Repeat("<", 50)+fmt.Sprint(i)
			return a
		})
	}, "html"),
	taxonomy("metrics", "metrics --dry-run", func(n int) string { return alerts(n, func(i int) obj { return alert(i) }) }, "prom", "json"),
	taxonomy("metrics-of-owners", "metrics --dry-run", func(n int) string {
		return alerts(n, func(i int) obj {
			a := alert(i)
			a["owner"], a["group"], a["severity"], a["scope"], a["category"] = fmt.Sprint("o", i), fmt.Sprint("g", i), fmt.Sprint("s", i), fmt.Sprint("sc", i), fmt.Sprint("c", i)
			return a
		})
	}, "prom", "json"),
	taxonomy("dashboard", "dashboard", func(n int) string {
		return alerts(n, func(i int) obj {
			a := alert(i)
			a["group"], a["severity"] = fmt.Sprint("g", i), fmt.Sprint("s", i)
			return a
		})
	}),
	files("taxonomy: coverage", "taxonomy sync --check --taxonomy taxonomy.json --rules r.yaml", func(n int) map[string]string {
		return map[string]string{"taxonomy.json": alerts(n/5, func(i int) obj { return alert(i * 2) }), "r.yaml": alertRules(n)}
	}),
	files("taxonomy: scaffold", "taxonomy sync --scaffold --taxonomy taxonomy.json --rules r.yaml", func(n int) map[string]string {
		return map[string]string{"taxonomy.json": alerts(1, func(i int) obj { return alert(i) }), "r.yaml": alertRules(n)}
	}),
	files("taxonomy: many-rule-patterns", "taxonomy lint --taxonomy taxonomy.json", func(n int) map[string]string {
		return map[string]string{"taxonomy.json": alerts(1, func(i int) obj { return alert(i) }), "r.yaml": alertRules(9),
			"govctl.yaml": "taxonomy:\n  rules:\n" + strings.Repeat("    - '*/*/*/*/r*.yaml'\n", n/25) + "    - r.yaml\n"}
	}),
	files("configuration: aliases", "openapi waivers list", func(n int) map[string]string {
		return map[string]string{"govctl.yaml": "x: &a0 [1]\n" + join(n, "", func(i int) string { return fmt.Sprintf("x%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i) })}
	}),
	files("configuration: unknown-keys", "openapi waivers list", func(n int) map[string]string {
		return map[string]string{"govctl.yaml": join(n, "", func(i int) string { return fmt.Sprintf("k%d: 1\n", i) })}
	}),
	files("configuration: contracts", "openapi waivers list", func(n int) map[string]string {
		return map[string]string{"govctl.yaml": "contracts:\n" + join(n, "", func(i int) string { return fmt.Sprintf("  - {name: api%d, source: new.json}\n", i) })}
	}),
	files("configuration: levels", "openapi waivers list", func(n int) map[string]string {
		return map[string]string{"govctl.yaml": "contract:\n  rules:\n    levels:\n" + join(n, "", func(i int) string { return fmt.Sprintf("      r%d: error\n", i) })}
	}),
	files("configuration: brackets", "openapi waivers list", func(n int) map[string]string {
		return map[string]string{"govctl.yaml": "contract: " + strings.Repeat("[", n)}
	}),
	files("milestones", "milestones project_milestones.json", func(n int) map[string]string {
		return map[string]string{"project_milestones.json": marshal(list(n, func(i int) any { return obj{"id": fmt.Sprint("m", i), "title": "t", "weight": i, "status": "done"} }))}
	}),
	files("milestones-with-errors", "milestones project_milestones.json", func(n int) map[string]string {
		return map[string]string{"project_milestones.json": marshal(list(n, func(i int) any { return obj{"id": "m", "weight": -i, "status": fmt.Sprint("s", i)} }))}
	}),
	files("verify: listed-files", "checksums verify .", func(n int) map[string]string {
		return map[string]string{"status/checksums.json": checksums(n, func(i int) string { return fmt.Sprintf("schemas/f%07d.json", i) })}
	}),
	files("verify: one-file-listed-often", "checksums verify .", func(n int) map[string]string {
		return map[string]string{"status/checksums.json": checksums(n, func(int) string { return "status/big" }), "status/big": strings.Repeat("a", n*100)}
	}),
	files("verify: trusted-keys", "verify --trusted-keys keys.json .", func(n int) map[string]string {
		return map[string]string{"status/checksums.json": checksums(1, func(int) string { return "a" }), "a": "b",
			"status/checksums-signature.json": marshal(obj{"schema": "govctl/checksums-signature/v1", "algorithm": "Ed25519", "signature_format_version": 1, "signed_at": "2026-01-02T00:00:00Z",
				"artifact": "checksums.json", "aggregate_sha256": strings.Repeat("a", 64), "count": 1, "artifacts": []any{}, "signature_base64": strings.Repeat("A", 86) + "==", "public_key_base64": strings.Repeat("A", 43) + "="}),
			"keys.json": marshal(obj{"schema": "govctl/trusted-keys/v1", "keys": list(n, func(i int) any { return obj{"public_key_base64": fmt.Sprintf("%043d=", i), "status": "active"} })})}
	}),
	files("verify: brackets", "checksums verify .", func(n int) map[string]string {
		return map[string]string{"status/checksums.json": strings.Repeat("[", n)}
	}),
	files("metrics", "rules check --metrics m.txt r.yaml", func(n int) map[string]string {
		return map[string]string{"m.txt": join(n, "", func(i int) string { return fmt.Sprintf("metric_%d\n", i) }), "r.yaml": "groups:\n- name: g\n  rules:\n" +
			join(n/4, "", func(i int) string { return fmt.Sprintf("  - {alert: A%d, expr: metrik_%d > 0}\n", i, i) })}
	}),
	policy("workflows", func(n int, last string) map[string]string {
		return map[string]string{".github/workflows/a.yml": "# govctl " + last + "\n" + strings.Repeat("a: b\n", n)}
	}),
	policy("waivers", func(n int, last string) map[string]string {
		return map[string]string{".govctl-waivers.yaml": waiverFile(n, func(i int) string { return fmt.Sprintf("'%s%d'", last, i) })}
	}),
	policy("levels", func(n int, last string) map[string]string {
		return map[string]string{"alerts_taxonomy.json": alerts(1, func(i int) obj { return alert(i) }), "govctl.yaml": "contract: {name: api, source: new.json, baseline: old.json}\ntaxonomy:\n  rules:\n" +
			join(n, "", func(i int) string { return fmt.Sprintf("    - %s%d.yml\n", last, i) })}
	}),
	policy("contracts-renamed", func(n int, last string) map[string]string {
		return map[string]string{"govctl.yaml": "contracts:\n" + join(n/60+1, "", func(i int) string {
			return fmt.Sprintf("  - {name: %s%d, source: new.json, baseline: old.json, gate: none}\n", last, i)
		})}
	}),
}

const runCommand = "run --now 2026-01-02T00:00:00Z --sha 0123456789012345678901234567890123456789"

// run is a family of whole runs over a contract with a baseline.
func run(name, first string, schema func(n int, last string) any) family {
	return files("run: "+name, runCommand, func(n int) map[string]string {
		text := func(last string) string {
			return marshal(docWith(obj{first: schema(n, last)}, obj{"paths": obj{"/a": obj{"post": obj{"requestBody": body(ref(first)), "responses": obj{"200": obj{"description": "ok"}}}}}}))
		}
		return runFiles(text("string"), text("integer"))
	})
}

func runFiles(old, new string) map[string]string {
	return map[string]string{"old.json": old, "new.json": new, "govctl.yaml": "contract:\n  name: api\n  source: new.json\n  baseline: old.json\n"}
}

// policy is a family of runs in a repository whose policy changes: the files of "string" are committed, those of "integer" are there.
func policy(name string, make func(n int, last string) map[string]string) family {
	f := files("policy: "+name, runCommand+" --policy git:base", func(n int) map[string]string {
		made := map[string]string{}
		for folder, last := range map[string]string{"base": "string", "head": "integer"} {
			for file, text := range runFiles(marshal(doc(nil)), marshal(doc(nil))) {
				made[folder+"/"+file] = text
			}
			for file, text := range make(n, last) {
				made[folder+"/"+file] = text
			}
		}
		return made
	})
	f.prepare = "git init -q . && cp -r base/. . && git add . && git -c user.name=a -c user.email=a@b.example commit -qm a && git tag -f base && cp -r head/. ."
	return f
}

// taxonomy is a family of alert catalogues, with a command of govctl taxonomy.
func taxonomy(name, command string, text func(n int) string, formats ...string) family {
	f := files("taxonomy: "+name, "taxonomy "+command+" --taxonomy taxonomy.json --now 2026-01-02T00:00:00Z", func(n int) map[string]string {
		return map[string]string{"taxonomy.json": text(n)}
	})
	f.formats = formats
	if command == "lint" {
		f.formats = []string{"json"}
	}
	return f
}

func alerts(n int, of func(i int) obj) string {
	return marshal(obj{"schema_version": "1", "last_updated": "2026-01-01T00:00:00Z", "alerts": list(n, func(i int) any { return of(i) })})
}

func alert(i int) obj {
	return obj{"alert": fmt.Sprint("Alert", i), "id": fmt.Sprint("alert-", i), "group": "g", "severity": "critical", "scope": "system", "category": "quality", "description": "Something is wrong here.",
		"expr_summary": "s", "for": "5m", "runbook": "https://a.example/r.md", "owner": "o", "created_at": "2025-01-01T00:00:00Z", "deprecated": false}
}

func alertRules(n int) string {
	return "groups:\n- name: g\n  rules:\n" + join(n+1, "", func(i int) string { return fmt.Sprintf("  - {alert: Alert%d, expr: x, labels: {severity: high}}\n", i) })
}

func historyLines(n int) string {
	return join(n, "", func(i int) string {
		return fmt.Sprintf(`{"timestamp":"2025-01-01T%02d:%02d:%02dZ","sha":"%040d","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0,"score":100}`+"\n", i/3600%24, i/60%60, i%60, i)
	})
}

func historyLine(n int) string {
	return `{"timestamp":"2025-01-01T00:00:00Z","sha":"` + strings.Repeat("a", n) + `","breaking":false,"placeholder":false,"incompatible":0,"deleted_or_removed":0,"score":100,"x":` + strings.Repeat("9", n) + "}\n"
}

func versioned(n int, version string) string {
	d := doc(obj{"paths": keyed(n, func(i int) (string, any) { return fmt.Sprintf("/p%d/%s", i, version), get() })})
	d["info"] = obj{"title": "t", "version": version + strings.Repeat(".0", n)}
	return marshal(d)
}

// waived are two contracts with changes at some paths, and waivers for them.
func waived(waivers, paths int, subject func(i int) string) map[string]string {
	all := func(last string) string {
		return marshal(doc(obj{"paths": keyed(paths, func(i int) (string, any) {
			return fmt.Sprintf("/p%d/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/{id}", i), get(path("id", last))
		})}))
	}
	return map[string]string{"old.json": all("string"), "new.json": all("integer"), "w.yaml": waiverFile(waivers, subject)}
}

func waiverFile(n int, subject func(i int) string) string {
	return "waivers:\n" + join(n, "", func(i int) string {
		return fmt.Sprintf("  - {rule: request-property-type-narrowed, subject: %s, reason: r, owner: o, expires: 2026-03-01}\n", subject(i))
	})
}

func checksums(n int, name func(i int) string) string {
	digest := strings.Repeat("b", 64)
	all := sha256.Sum256([]byte(strings.Repeat(digest, n)))
	return marshal(obj{"schema": "govctl/checksums/v1", "generated_at": "2026-01-01T00:00:00Z", "count": n, "missing": []any{}, "aggregate_sha256": hex.EncodeToString(all[:]),
		"artifacts": list(n, func(i int) any { return obj{"path": name(i), "size": 1, "sha256": digest} })})
}
