# Keeps of an exposition what metrics diff compares: types, and one series for each set of label names of a sample, with all borders of
# that series. Values become 1, and labels of an info metric "x": they describe a machine.
/^# TYPE/ { print; next }
/^#/ || /^$/ { next }
{
  brace = index($0, "{"); name = brace ? substr($0, 1, brace - 1) : $1
  rest = $0; sub(/^[^{ ]*/, "", rest)
  keys = name; fixed = name; out = ""
  if (brace) {
    body = substr(rest, 2)
    while (match(body, /^[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?/)) {
      pair = substr(body, 1, RLENGTH); body = substr(body, RLENGTH + 1); sub(/,$/, "", pair)
      key = pair; sub(/=.*/, "", key); value = substr(pair, length(key) + 2)
      if (value != "\"\"") keys = keys "," key
      if (key != "le" && key != "quantile") fixed = fixed "," pair
      if (value != "\"\"" && name ~ /_info$/ && name !~ /build_info$/) pair = key "=\"x\""
      out = out (out == "" ? "" : ",") pair
    }
    out = "{" out "}"
  }
  if (keys in first && first[keys] != fixed) next
  first[keys] = fixed
  print name out " 1"
}
