// React: routes in the browser's history, styles by insertRule, a keyed list, a portal, a part that
// is loaded when it is first needed, and inputs that React holds.

import { createRoot } from "react-dom/client";
import { createPortal, flushSync } from "react-dom";
import { Suspense, lazy, useDeferredValue, useId, useState } from "react";
import { BrowserRouter, Link, NavLink, Route, Routes, useNavigate, useParams } from "react-router";
import styled, { ThemeProvider, createGlobalStyle, css, keyframes } from "styled-components";
import { all, click, choose, type } from "steps";
import { ORDERS, RETURNS, rupees } from "../returns.js";

const Details = lazy(() => import("./details.js"));

const Page = createGlobalStyle`
  body { margin: 0; font: 16px/1.4 sans-serif; color: ${({ theme }) => theme.ink}; background: ${({ theme }) => theme.paper} }
`;
const Bar = styled.nav`
  display: flex; gap: 16px; padding: 12px 16px; background: #12436d;
  a { color: #fff; text-decoration: none }
  a.active { border-bottom: 3px solid #ffdd00 }
`;
const Card = styled.li`
  display: grid; grid-template-columns: 90px 1fr auto; gap: 8px; padding: 8px 16px;
  border-left: 6px solid ${({ $state }) => ({ Draft: "#b1b4b6", Defective: "#d4351c", "Under review": "#f47738" })[$state] ?? "#00703c"};
  ${({ $chosen }) => $chosen && css`background: #fff7bf; font-weight: 700;`}
  &:nth-child(odd) { box-shadow: inset 0 0 0 100px rgb(0 0 0 / 3%) }
`;
const arrive = keyframes`from { opacity: 0; transform: translateY(20px) } to { opacity: 1; transform: none }`;
const Shade = styled.div`position: fixed; inset: 0; background: rgb(0 0 0 / 50%); display: grid; place-items: center`;
const Sheet = styled.div`background: #fff; color: #000; padding: 24px; border-radius: 8px; animation: ${arrive} 60ms ease-out`;
const Field = styled.input`border: 2px solid ${({ $wrong }) => ($wrong ? "#d4351c" : "#0b0c0c")}; padding: 4px 8px; font: inherit`;

const DAY = { ink: "#0b0c0c", paper: "#ffffff" };
const NIGHT = { ink: "#f3f2f1", paper: "#1d2229" };

function App() {
  const [returns, setReturns] = useState(RETURNS);
  const [night, setNight] = useState(false);
  return (
    <ThemeProvider theme={night ? NIGHT : DAY}>
      <Page />
      <Bar>
        <NavLink to="/" end>Returns</NavLink>
        <NavLink to="/new">File a return</NavLink>
        <button id="theme" onClick={() => setNight(!night)}>{night ? "Day" : "Night"}</button>
      </Bar>
      <Routes>
        <Route index element={<List returns={returns} setReturns={setReturns} />} />
        <Route path="new" element={<Form file={(one) => setReturns([...returns, one])} />} />
        <Route path="returns/:id" element={<One returns={returns} />} />
        <Route path="*" element={<p>There is no such page.</p>} />
      </Routes>
    </ThemeProvider>
  );
}

function List({ returns, setReturns }) {
  const [order, setOrder] = useState("newest");
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState(new Set());
  const [asking, setAsking] = useState(null);
  const wanted = useDeferredValue(words).toLowerCase();
  const shown = returns.filter(({ year, state }) => `${year} ${state}`.toLowerCase().includes(wanted)).sort(ORDERS[order]);
  const toggle = (id) => setChosen((old) => new Set(old).symmetricDifference?.(new Set([id])) ?? flip(old, id));
  return (
    <main>
      <p style={{ padding: "0 16px" }}>
        <Field id="words" value={words} placeholder="Search" onChange={(event) => setWords(event.target.value)} />{" "}
        <select id="order" value={order} onChange={(event) => setOrder(event.target.value)}>
          {Object.keys(ORDERS).map((name) => <option key={name}>{name}</option>)}
        </select>
      </p>
      <ul id="list" style={{ listStyle: "none", padding: 0 }}>
        {shown.map(({ id, year, income, state }) => (
          <Card key={id} $state={state} $chosen={chosen.has(id)}>
            <label><input type="checkbox" checked={chosen.has(id)} onChange={() => toggle(id)} /> {year}</label>
            <Link to={`/returns/${id}`}>{state}</Link>
            <span>{rupees(income)} <button className="remove" onClick={() => setAsking(id)}>Remove</button></span>
          </Card>
        ))}
      </ul>
      {shown.length === 0 ? <p id="none">Nothing is called “{words}”.</p> : <p>{shown.length} of {returns.length}</p>}
      {asking && createPortal(
        <Shade>
          <Sheet role="dialog">
            <h2>Remove it?</h2>
            <button id="yes" onClick={() => { setReturns(returns.filter(({ id }) => id !== asking)); setAsking(null); }}>Remove</button>{" "}
            <button id="no" onClick={() => setAsking(null)}>Keep</button>
          </Sheet>
        </Shade>,
        document.getElementById("above"),
      )}
    </main>
  );
}

function flip(set, id) {
  const other = new Set(set);
  if (!other.delete(id)) other.add(id);
  return other;
}

function Form({ file }) {
  const [values, setValues] = useState({ year: "2025–26", income: "", draft: true });
  const go = useNavigate();
  const income = useId();
  const wrong = values.income !== "" && !/^\d+$/.test(values.income);
  const set = (name) => (event) => setValues({ ...values, [name]: event.target.type === "checkbox" ? event.target.checked : event.target.value });
  const send = (event) => {
    event.preventDefault();
    file({ id: `r${values.year}`, year: values.year, income: Number(values.income), state: values.draft ? "Draft" : "Under review" });
    go("/");
  };
  return (
    <form onSubmit={send} style={{ padding: 16, display: "grid", gap: 12, justifyItems: "start" }}>
      <h1>File a return</h1>
      <label htmlFor={income}>Total income</label>
      <Field id={income} className="income" value={values.income} $wrong={wrong} onChange={set("income")} />
      {wrong && <strong style={{ color: "#d4351c" }}>Digits only</strong>}
      <label><input id="draft" type="checkbox" checked={values.draft} onChange={set("draft")} /> A draft</label>
      <output>{wrong || !values.income ? "–" : rupees(Number(values.income))}</output>
      <button disabled={wrong || !values.income}>File</button>
    </form>
  );
}

function One({ returns }) {
  const one = returns.find(({ id }) => id === useParams().id);
  return (
    <Suspense fallback={<p id="wait">One moment…</p>}>
      <Details one={one} />
    </Suspense>
  );
}

const base = location.pathname.replace(/\/index\.html$/, "");
history.replaceState(null, "", `${base}/`);
flushSync(() => createRoot(document.getElementById("app")).render(<BrowserRouter basename={base}><App /></BrowserRouter>));

window.steps = [
  choose("#order", 1),
  choose("#order", 2),
  type("#words", "re"),
  type("#words", "nothing of that kind"),
  type("#words", ""),
  all(click("#list input"), click("#list input", 2)),
  click(".remove", 1),
  click("#yes"),
  click("#theme"),
  click("nav a", 1),
  type(".income", "12a"),
  type(".income", "912000"),
  click("#draft"),
  click("form button"),
  click("#list a", 2),
  click("#more"),
  () => new Promise((back) => { addEventListener("popstate", () => setTimeout(back), { once: true }); history.back(); }),
];
