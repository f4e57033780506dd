"""Verify and sign govctl's checksums from the text of docs/verify.md and RFC 8032 alone: no code is shared with govctl.

verifier.py verify FOLDER KEY          exits 0 when the folder verifies under the base64 public key
verifier.py sign FOLDER SEED VERSION   writes checksums.json and a signature of format 1 or 2 for what lies in FOLDER
"""
import base64
import hashlib
import json
import os
import sys

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        raise ValueError("not canonical")
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P)
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * I % P
    if (x * x - xx) % P or (x == 0 and sign):
        raise ValueError("not a point")
    return P - x if x & 1 != sign else x


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * t1 * t2 * D % P
    h = 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p = add(p, p)
        n >>= 1
    return q


def point(x, y):
    return x, y, 1, x * y % P


def compress(p):
    x, y, z, _ = p
    inverse = pow(z, P - 2, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress(b):
    n = int.from_bytes(b, "little")
    y = n & (1 << 255) - 1
    return point(recover_x(y, n >> 255), y)


BY = 4 * pow(5, P - 2, P) % P
BASE = point(recover_x(BY, 0), BY)


def sha512(*parts):
    return hashlib.sha512(b"".join(parts)).digest()


def expand(seed):
    h = sha512(seed)
    a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
    return a, h[32:]


def public_key(seed):
    return compress(times(expand(seed)[0], BASE))


def sign(seed, message):
    a, prefix = expand(seed)
    key = compress(times(a, BASE))
    r = int.from_bytes(sha512(prefix, message), "little") % L
    big_r = compress(times(r, BASE))
    k = int.from_bytes(sha512(big_r, key, message), "little") % L
    return big_r + ((r + k * a) % L).to_bytes(32, "little")


def check(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    k = int.from_bytes(sha512(signature[:32], key, message), "little") % L
    a = decompress(key)
    if compress(times(8, a)) == compress((0, 1, 1, 0)):
        return False
    x, y, z, t = times(k, a)
    return compress(add(times(s, BASE), (P - x, y, z, P - t))) == signature[:32]


def unique(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("duplicate member")
    return dict(pairs)


def read(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f, object_pairs_hook=unique)


def payload(checksums, version):
    value = {"aggregate_sha256": checksums["aggregate_sha256"], "count": checksums["count"]}
    if version == 2:
        value["artifacts"] = [{"path": a["path"], "sha256": a["sha256"]} for a in checksums["artifacts"]]
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def aggregate(artifacts):
    joined = "".join(a["sha256"] for a in artifacts)
    return hashlib.sha256(joined.encode()).hexdigest() if artifacts else ""


def verify(folder, key):
    checksums = read(os.path.join(folder, "status", "checksums.json"))
    signature = read(os.path.join(folder, "status", "checksums-signature.json"))
    artifacts = checksums["artifacts"]
    paths = [a["path"] for a in artifacts]
    assert paths == sorted(set(paths)), "order"
    for a in artifacts:
        assert not a["path"].startswith("/") and ".." not in a["path"].split("/"), "path"
        assert digest(os.path.join(folder, a["path"])) == a["sha256"], a["path"]
    assert checksums["count"] == len(artifacts), "count"
    assert checksums["aggregate_sha256"] == aggregate(artifacts), "aggregate"
    message = payload(checksums, signature.get("signature_format_version", 1))
    raw = base64.b64decode(key, validate=True)
    assert signature["public_key_base64"] == key, "key"
    assert signature["key_id"] == hashlib.sha256(raw).hexdigest()[:16], "key id"
    assert check(raw, message, base64.b64decode(signature["signature_base64"], validate=True)), "signature"

    status = os.path.join(folder, "status")
    with open(os.path.join(status, "checksums-payload.json"), "rb") as f:
        assert f.read() == message, "payload"
    envelope = read(os.path.join(status, "checksums.sigstore.json"))["dsseEnvelope"]
    body, kind = base64.b64decode(envelope["payload"], validate=True), envelope["payloadType"].encode()
    signed = b" ".join([b"DSSEv1", b"%d" % len(kind), kind, b"%d" % len(body), body])
    assert check(raw, signed, base64.b64decode(envelope["signatures"][0]["sig"], validate=True)), "statement"
    statement = json.loads(body, object_pairs_hook=unique)
    assert [(s["name"], s["digest"]["sha256"]) for s in statement["subject"]] == [(a["path"], a["sha256"]) for a in artifacts], "subjects"
    assert statement["predicate"]["signed_at"] == signature["signed_at"], "time"
    for f in statement["predicate"]["files"]:
        assert digest(os.path.join(status, f["name"])) == f["sha256"], f["name"]


def write(folder, seed, version):
    found = []
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            found.append({"path": os.path.relpath(path, folder).replace(os.sep, "/"), "sha256": digest(path), "size": os.path.getsize(path)})
    found.sort(key=lambda a: a["path"])
    checksums = {"generated_at": "2025-09-17T10:00:00Z", "artifacts": found, "aggregate_sha256": aggregate(found), "count": len(found), "missing": []}
    raw, message = public_key(seed), payload(checksums, version)
    out = {
        "algorithm": "Ed25519",
        "signed_at": "2025-09-17T10:01:00Z",
        "aggregate_sha256": checksums["aggregate_sha256"],
        "count": len(found),
        "signature_base64": base64.b64encode(sign(seed, message)).decode(),
        "public_key_base64": base64.b64encode(raw).decode(),
    }
    if version == 2:
        out.update(
            signature_format_version=2,
            artifact="checksums.json",
            artifacts=[{"path": a["path"], "sha256": a["sha256"]} for a in found],
            key_id=hashlib.sha256(raw).hexdigest()[:16],
            canonical_payload=json.loads(message),
            payload_encoding="json+sorted+compact",
            previous_public_keys=[],
        )
    status = os.path.join(folder, "status")
    os.makedirs(status, exist_ok=True)
    for name, value in {"checksums.json": checksums, "checksums-signature.json": out}.items():
        with open(os.path.join(status, name), "w", encoding="utf-8") as f:
            json.dump(value, f, indent=2, ensure_ascii=False)


if __name__ == "__main__":
    if sys.argv[1] == "verify":
        verify(sys.argv[2], sys.argv[3])
    else:
        write(sys.argv[2], base64.b64decode(sys.argv[3]), int(sys.argv[4]))
