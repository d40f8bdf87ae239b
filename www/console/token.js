// Who the agent is, as the CRM says in the fragment: `#token=<jwtR>~<jwtT>~<key>&call=<caller>`.
// Nothing is verified here: the relay and the taxpayer's page do that.

/** Reads the fragment and takes it out of the address bar and the history at once. */
export function takeFragment() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  const token = fragment.get("token");
  if (!token) return undefined;
  const [relayPart, customerPart, key] = token.split("~");
  const relay = claims(relayPart);
  const customer = claims(customerPart);
  if (!relay || !customer || !key) return { broken: true };
  return {
    token,
    call: fragment.get("call") ?? "",
    name: String(customer.name ?? ""),
    staff: String(customer.sub ?? ""),
    unit: String(customer.unit ?? ""),
    /** Until when sessions can be started, in milliseconds since 1970. */
    expires: Math.min(relay.exp ?? 0, customer.exp ?? 0) * 1000,
  };
}

function claims(jwt) {
  try {
    const part = jwt.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(part), (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
