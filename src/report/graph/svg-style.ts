const SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif";
const MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

/** The style sheet of drawings; a viewer that knows no dark mode shows the light one. */
export const SVG_STYLE = `
.paper{fill:#fff}
.band{fill:#f3f4f6}
.phase{font:600 11px ${SANS};letter-spacing:1px;fill:#57606a}
.heading{font:600 17px ${SANS};fill:#1f2328}
.way{fill:none;stroke:#6e7781;stroke-width:1.2}
.way.taken{stroke:#0969da;stroke-width:3}
.way.by-hand{stroke-dasharray:6 4}
.head{fill:#6e7781}
.head-taken{fill:#0969da}
.condition{font:12px ${MONO};fill:#424a53}
.condition.on-path{fill:#0550ae;font-weight:600}
.box{fill:#fff;stroke:#57606a;stroke-width:1.2}
.inner{fill:none;stroke:#57606a;stroke-width:1}
.title{font:600 14px ${SANS};fill:#1f2328}
.fact{font:12px ${MONO};fill:#424a53}
.tag{font:600 10px ${SANS};letter-spacing:.6px;fill:#57606a}
.change .box{stroke:#9a6700;stroke-width:2.5}
.change .bar{fill:#9a6700}
.change .tag{fill:#7d4e00}
.destructive .box{stroke:#cf222e;stroke-width:2.5}
.destructive .bar{fill:#cf222e}
.destructive .tag{fill:#a40e26}
.question .box{stroke:#8250df}
.question .tag{fill:#6639ba}
.pause .box{stroke-dasharray:3 3}
.end .box{stroke-width:1.8}
.resolved .box{stroke:#1a7f37}
.unresolved .box{stroke:#cf222e}
.escalated .box{stroke:#9a6700}
.visited .box{fill:#ddf4ff}
.passed-by{opacity:.55}
@media (prefers-color-scheme:dark){
.paper{fill:#0d1117}
.band{fill:#161b22}
.phase,.tag{fill:#8b949e}
.heading,.title{fill:#e6edf3}
.way{stroke:#8b949e}
.way.taken{stroke:#58a6ff}
.head{fill:#8b949e}
.head-taken{fill:#58a6ff}
.condition,.fact{fill:#c9d1d9}
.condition.on-path{fill:#79c0ff}
.box{fill:#0d1117;stroke:#8b949e}
.inner{stroke:#8b949e}
.change .box{stroke:#d29922}
.change .bar{fill:#d29922}
.change .tag{fill:#e3b341}
.destructive .box{stroke:#f85149}
.destructive .bar{fill:#f85149}
.destructive .tag{fill:#ff7b72}
.question .box{stroke:#a371f7}
.question .tag{fill:#bc8cff}
.resolved .box{stroke:#3fb950}
.unresolved .box{stroke:#f85149}
.escalated .box{stroke:#d29922}
.visited .box{fill:#0c2d6b}
.visited .tag{fill:#c9d1d9}
}
`;
