// Sign a request to the platform: Node 18 or newer, no packages, to be copied.
//
//   SSJ_CLIENT_ID=… SSJ_SECRET=… node sign.mjs METHOD URL [BODY]            sends it and prints the answer
//   SSJ_CLIENT_ID=… SSJ_SECRET=… node sign.mjs --headers METHOD URL [BODY]  prints the headers only
//
// SSJ_ALGORITHM: HMAC-SHA256 (default) or HMAC-SM3. SSJ_TIMESTAMP and SSJ_NONCE stand in for now and a fresh nonce.

import { createHash, createHmac, randomBytes } from "node:crypto";

const HASHES = { "HMAC-SHA256": "sha256", "HMAC-SM3": "sm3" };

export function signedHeaders(method, url, body, clientId, secret) {
  const { pathname, search } = new URL(url);
  const algorithm = process.env.SSJ_ALGORITHM ?? "HMAC-SHA256";
  const timestamp = process.env.SSJ_TIMESTAMP ?? String(Math.floor(Date.now() / 1000));
  const nonce = process.env.SSJ_NONCE ?? randomBytes(16).toString("hex");
  const digest = body ? `sha-256=:${createHash("sha256").update(body).digest("base64")}:` : "";
  const query = search.slice(1).split("&").filter(Boolean).sort().join("&");
  const text = [method.toUpperCase(), pathname, query, digest, timestamp, nonce, clientId].join("\n");
  const headers = {
    "X-Client-Id": clientId,
    "X-Timestamp": timestamp,
    "X-Nonce": nonce,
    "X-Sign-Alg": algorithm,
    "X-Signature": createHmac(HASHES[algorithm], secret).update(text).digest("base64"),
  };
  return body ? { ...headers, "Content-Digest": digest, "Content-Type": "application/json" } : headers;
}

const args = process.argv.slice(2);
const onlyHeaders = args[0] === "--headers";
const [method, url, body = ""] = onlyHeaders ? args.slice(1) : args;
const headers = signedHeaders(method, url, body, process.env.SSJ_CLIENT_ID ?? "", process.env.SSJ_SECRET ?? "");
if (onlyHeaders) {
  for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
} else {
  const answer = await fetch(url, { method, headers, body: body || undefined });
  console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
}
