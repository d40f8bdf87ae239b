// A part that is loaded when it is first shown.

import { useState } from "react";
import styled from "styled-components";
import { rupees } from "../returns.js";

const Row = styled.div`display: flex; justify-content: space-between; padding: 4px 16px; border-bottom: 1px solid #b1b4b6`;

export default function Details({ one }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <h1 style={{ margin: 16 }}>{one.year}</h1>
      <Row><b>Income</b><span>{rupees(one.income)}</span></Row>
      <Row><b>State</b><span>{one.state}</span></Row>
      <button id="more" onClick={() => setOpen(!open)}>{open ? "Less" : "More"}</button>
      {open && <svg viewBox="0 0 100 40" width="300"><defs><linearGradient id="g"><stop stopColor="#12436d" /><stop offset="1" stopColor="#28a197" /></linearGradient></defs>
        {[12, 30, 22, 38].map((height, i) => <rect key={i} x={4 + i * 24} y={40 - height} width="16" height={height} fill="url(#g)" />)}</svg>}
    </>
  );
}
