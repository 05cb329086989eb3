import { createHash } from 'node:crypto';
import { DARK, LIGHT, type Palette } from '#text/theme.ts';

/**
 * The style of the pages, in the colors of the theme. A state is a sign, a word and a color, never a
 * color alone. What will run wraps: nothing of it is cut off or scrolled sideways.
 */
export const STYLE = `:root{color-scheme:light dark;${variables(LIGHT)};
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
--s1:.25rem;--s2:.5rem;--s3:.75rem;--s4:1rem;--s5:1.5rem;--r:8px}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK)}}}
*,::before,::after{box-sizing:border-box}
html{scroll-padding:5rem 0 2rem;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:.9375rem/1.5 var(--sans);overflow-wrap:anywhere}
h1{font-size:1.625rem;line-height:1.2;margin:0 0 var(--s2);text-wrap:balance}
h2{font-size:1.0625rem;line-height:1.35;margin:0 0 var(--s3)}
h3{font-size:.9375rem;line-height:1.4;margin:0 0 var(--s2)}
p,ul,ol,dl,pre,table{margin:0 0 var(--s3)}
ul,ol{padding-left:1.4em}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
main:focus,h2:focus{outline:none}
.small{font-size:.8125rem}
.faint{color:var(--faint)}
.num,time,.age{font-variant-numeric:tabular-nums}
.nw{white-space:nowrap}
.sr,.skip:not(:focus){position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip:focus{position:fixed;z-index:9;left:var(--s2);top:var(--s2);padding:var(--s2) var(--s4);background:var(--paper);border:1px solid var(--edge);border-radius:var(--r)}
[hidden]{display:none!important}
code,pre,.mono{font-family:var(--mono);font-size:.8125rem}
code{background:var(--raised);border-radius:4px;padding:.1em .3em}
pre{background:var(--raised);border:1px solid var(--line);border-radius:6px;padding:var(--s2) var(--s3);white-space:pre-wrap;line-height:1.5}
pre code{background:none;padding:0;font-size:1em}
.prompt{white-space:pre-line}
.around{display:flex;flex-wrap:wrap;gap:.15rem var(--s3);list-style:none;padding:0}
mark{background:var(--mask);color:var(--mask-ink);border-radius:3px;padding:0 .15em}

.bar,.strip,main,.foot{padding-inline:max(var(--s4),calc((100% - 80rem)/2))}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:0 var(--s4);min-height:3rem;border-bottom:1px solid var(--line);background:var(--raised)}
.bar ul{display:flex;gap:var(--s1);list-style:none;margin:0;padding:0}
.bar a{display:block;white-space:nowrap;padding:.7rem var(--s2);color:inherit;text-decoration:none}
.bar a:hover{text-decoration:underline}
.bar [aria-current]{font-weight:600;box-shadow:inset 0 -3px var(--link)}
.bar .brand{font-weight:700;padding-left:0}
.me{margin:0 0 0 auto;font-size:.8125rem}
.strip{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;align-items:center;gap:.15rem var(--s3);padding-block:.45rem;background:var(--paper);border-bottom:1px solid var(--line);font-size:.8125rem}
.strip>*{margin:0}
.strip .go{margin-left:auto;font-weight:600;padding:.2rem 0}
.live{margin-right:var(--s1);font-weight:700;letter-spacing:.06em;font-size:.75rem;color:var(--danger);border:2px solid;border-radius:4px;padding:0 .35rem}
main{padding-block:var(--s5);display:block}
.head{margin-bottom:var(--s5)}
.crumbs{font-size:.8125rem;margin-bottom:var(--s1)}
.lead{font-size:1.125rem;line-height:1.4;font-weight:600;max-width:46rem}
.lead .small{font-weight:400}
.facts{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s4);list-style:none;margin:0;padding:0;font-size:.875rem;color:var(--faint)}
.facts b{color:var(--ink);font-weight:600}
.cols{display:grid;gap:var(--s5);grid-template-columns:minmax(0,1fr)}
.cols section,#asked{margin-bottom:var(--s5)}.gate.gate{margin-bottom:0}
@media(min-width:64rem){.cols{grid-template-columns:minmax(0,1fr) 19rem}.side{border-left:1px solid var(--line);padding-left:var(--s5)}.side dl.kv{grid-template-columns:minmax(0,1fr);gap:0}}
.side{font-size:.875rem}
.side h2{font-size:.9375rem;margin-bottom:var(--s2)}
.foot{border-top:1px solid var(--line);padding-block:var(--s4);font-size:.8125rem;color:var(--faint)}
.foot p{margin:0}
.narrow{max-width:26rem;margin-inline:auto}

.state{display:inline-flex;align-items:baseline;gap:.4em;font-size:.8125rem;font-weight:600;border:1px solid;border-radius:1rem;padding:.05rem .6rem;white-space:nowrap}
.m{display:inline-block;width:1.1em;text-align:center;font-weight:700;font-family:var(--mono);font-variant-emoji:text;flex:none}
[data-s]{--c:var(--faint);--b:var(--raised)}
[data-s=wait]{--c:var(--warning);--b:var(--warning-bg)}
[data-s=run]{--c:var(--link);--b:var(--link-bg)}
[data-s=done]{--c:var(--success);--b:var(--success-bg)}
[data-s=fail]{--c:var(--danger);--b:var(--danger-bg)}
[data-s=odd]{--c:var(--odd);--b:var(--odd-bg)}
.state{color:var(--c);background:var(--b)}
.m{color:var(--c)}
.sev{display:inline-flex;align-items:center;gap:.4em;font-weight:600;white-space:nowrap;font-size:.8125rem}
.sev svg{width:.95rem;height:.75rem;fill:currentColor}
.dim{opacity:.25}
.tag{font:600 .6875rem/1 var(--sans);border:1px solid;border-radius:4px;padding:.1em .35em;color:var(--warning)}
.card{border:1px solid var(--line);border-radius:var(--r);padding:var(--s4)}
.note{border-left:4px solid var(--c,var(--edge));background:var(--b,var(--raised));padding:var(--s2) var(--s3);border-radius:0 6px 6px 0}
.note>strong:first-child{color:var(--c,inherit)}
dl.kv{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:var(--s1) var(--s4)}
dl.kv dt{color:var(--faint)}
dl.kv dd{margin:0}
.finds{list-style:none;counter-reset:f;padding:0}
.finds li{counter-increment:f;position:relative;padding:0 0 var(--s3) 2.1rem}
.finds li::before{content:counter(f);position:absolute;left:0;top:.05rem;width:1.45rem;height:1.45rem;line-height:1.45rem;text-align:center;border-radius:50%;background:var(--raised);box-shadow:inset 0 0 0 1px var(--edge);font-size:.8125rem}
.found>summary{margin-bottom:var(--s3)}
.found h2{display:inline}
.finds p{margin:0}

.gate{border:2px solid var(--c);border-radius:var(--r);background:var(--paper)}
.gate>header{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:baseline;justify-content:space-between;background:var(--b);padding:var(--s2) var(--s4);border-bottom:1px solid var(--c);border-radius:6px 6px 0 0}
.gate>header>*{margin:0}
.gate .kind{font-weight:700;color:var(--c);letter-spacing:.05em;text-transform:uppercase;font-size:.8125rem}
.gate>div{padding:var(--s4)}
.gate>div>:last-child,.gate form>:last-child,.card>:last-child{margin-bottom:0}
.gate>div+div{border-top:1px solid var(--line)}
.gate h2{font-size:1.25rem;margin-bottom:var(--s1)}
.gate h3 .faint{font-weight:400}
.people{list-style:none;padding:0}
.people li{display:flex;gap:var(--s2);align-items:baseline;padding:.15rem 0}
.people .mono{flex:none}
.told:empty,#refusal:empty{display:none}

table{border-collapse:collapse;width:100%;font-size:.8125rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th,td{text-align:left;vertical-align:baseline;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--faint);white-space:nowrap}
td.n,th.n,.number{text-align:right}
tbody th{color:inherit}
.table{overflow-x:auto;margin-bottom:var(--s3)}
.stack .wide{overflow-wrap:anywhere}
@media screen and (max-width:40rem){
.stack thead{position:absolute;clip-path:inset(50%);height:1px;overflow:hidden}
table.stack{position:relative;display:block}.stack tbody{display:block}
.stack tr{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:0 var(--s3);padding:var(--s2) 0;border-bottom:1px solid var(--line)}
.stack :is(td,tbody th){border:0;padding:.05rem 0;text-align:left;white-space:normal;overflow-wrap:anywhere}
.stack [data-l]::before{content:attr(data-l) " ";color:var(--faint)}
.stack :is(.wide,tbody th){grid-column:1/-1}}

label,legend{font-weight:600}
input,select,textarea,button{font:inherit;font-size:1rem;color:inherit;border:1px solid var(--edge);border-radius:6px;background:var(--paper);padding:.5rem .75rem;min-height:2.75rem;max-width:100%}
input[type=radio]{min-height:0;width:1.1rem;height:1.1rem;margin:0;accent-color:var(--link)}
textarea{width:100%;min-height:5rem;display:block}
.field{margin-bottom:var(--s3)}
.field>label{display:block;margin-bottom:var(--s1)}
.field>:is(input,select){width:100%;max-width:24rem}
.hint,.error{display:block;font-size:.8125rem;margin:.4rem 0 0;color:var(--faint)}
.error{color:var(--danger);font-weight:600}
[aria-invalid=true]{border-color:var(--danger);box-shadow:0 0 0 1px var(--danger)}
button{cursor:pointer;font-weight:600;font-size:.9375rem;background:var(--raised)}
button:hover{border-color:var(--ink)}
.first{background:var(--link);border-color:var(--link);color:var(--paper)}
.danger{background:var(--danger);border-color:var(--danger);color:var(--paper)}
button[aria-disabled=true]{background:var(--raised);color:var(--faint);border:1px dashed var(--edge);cursor:not-allowed}
.acts{display:flex;flex-wrap:wrap;gap:var(--s2) var(--s3);align-items:center}
.between{display:flex;flex-wrap:wrap;gap:var(--s1) var(--s3);align-items:center;justify-content:space-between;margin-bottom:var(--s2)}
.between>*{margin:0}
.little{font-size:.8125rem;min-height:2.1rem;padding:.2rem .65rem}
@media(pointer:coarse){.little{min-height:2.75rem}}
.tool+p{margin-top:var(--s3)}
.decide{align-items:flex-start}
.decide>[open]{flex-basis:100%}
.tools{display:grid;gap:var(--s2);margin-top:var(--s2)}
@media(min-width:48rem){.tools{grid-template-columns:1fr 1fr;align-items:start}}
.tool{border:1px solid var(--line);border-radius:6px}
.tool>summary{padding:.6rem var(--s3);font-weight:600}
.tool>form{padding:0 var(--s3) var(--s3)}
summary{cursor:pointer}
summary:hover{text-decoration:underline}
fieldset{border:1px solid var(--line);border-radius:6px;padding:var(--s2) var(--s3)}
fieldset p{margin:0 0 var(--s2)}
.pick{display:flex;gap:var(--s2);align-items:center;font-weight:400;min-height:1.75rem}
.fold>summary,.told-in-full summary{color:var(--link);font-size:.8125rem;padding:.15rem 0}
.filter{display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:var(--s2) var(--s3);align-items:end;margin-bottom:var(--s5);max-width:52rem}
.filter label{display:block;font-size:.8125rem}
.filter :is(select,input){width:100%}

.tl{list-style:none;padding:0;margin:0}
.tl>li{position:relative;padding:0 0 var(--s2) 2.2rem}
.tl>li::before{content:"";position:absolute;left:.7rem;top:0;bottom:0;border-left:1px solid var(--line)}
.tl>li:last-child::before{bottom:auto;height:.5rem}
.tl>li>.m{position:absolute;left:0;top:0;width:1.45rem;height:1.45rem;line-height:1.3rem;border:1px solid var(--c);border-radius:50%;background:var(--b);font-size:.8125rem}
.tl .line,.tl>li>details>summary{display:flex;flex-wrap:wrap;gap:0 var(--s3);align-items:baseline}
.tl .line>:nth-child(2),.tl>li>details>summary>:last-child{margin-left:auto;color:var(--faint);font-size:.8125rem}
.tl>li>details>summary::-webkit-details-marker{display:none}
.tl>li>details>summary>b::after{content:" ▸";color:var(--faint);font-weight:400}
.tl>li>[open]>summary>b::after{content:" ▾"}
.tl .phase{padding:var(--s2) 0 var(--s2) 2.2rem;font-size:.8125rem;font-weight:600;color:var(--faint);letter-spacing:.04em;text-transform:uppercase}
.told-in-full{padding:var(--s2) 0 var(--s3)}
.told-in-full time{font-weight:600}
.told-in-full .entry>.time::after{content:" ·"}
.told-in-full blockquote{margin:0 0 var(--s3);color:var(--faint)}

.runs{list-style:none;padding:0;border:1px solid var(--line);border-radius:var(--r);margin-bottom:var(--s5)}
.runs li{position:relative;display:grid;gap:.1rem var(--s4);padding:var(--s3) var(--s4);grid-template-columns:minmax(0,1fr) auto;border-left:4px solid var(--c)}
.runs li+li{border-top:1px solid var(--line)}
.runs li:hover{background:var(--raised)}
.runs p{margin:0}
.runs a{font-weight:600;text-decoration:none}
.runs a::after{content:"";position:absolute;inset:0}
.runs a:hover{text-decoration:underline}
.runs :is(.what,.for,.who){grid-column:1/-1}
.runs .since{font-size:.8125rem;text-align:right;grid-column:2;grid-row:1}
@media(min-width:60rem){.runs li{grid-template-columns:6rem minmax(0,5fr) minmax(0,6fr) 9rem 6rem;align-items:baseline}.runs :is(.what,.for,.who,.since){grid-column:auto;grid-row:auto}}

@media(max-width:30rem){.bar,.strip,main,.foot{padding-inline:var(--s3)}.me{position:absolute;clip-path:inset(50%)}.gate>*{padding-inline:var(--s3)!important}h1{font-size:1.4rem}.bar ul{gap:0}.bar a{padding-inline:.4rem}
dl.kv{grid-template-columns:minmax(0,1fr);gap:0}dl.kv dd{margin-bottom:var(--s2)}.acts>*,.acts button{width:100%}.gate dl.kv{display:block}.gate dl.kv :is(dt,dd){display:inline}.gate dl.kv dt{margin-right:.5em}.gate dl.kv dd::after{content:"";display:block}table{font-size:.75rem}th,td{padding:.2rem .5rem .2rem 0}.decide{display:grid;grid-template-columns:minmax(0,1fr) max-content}.decide summary{white-space:nowrap}.decide>[open]{grid-column:1/-1}.gate>div,.gate>header{padding-block:var(--s2)}.gate pre,.note{font-size:.75rem;padding:var(--s1) var(--s2)}.note{font-size:.8125rem}p,dl,pre,table{margin-bottom:var(--s2)}.head,.cols section{margin-bottom:var(--s4)}main{padding-block:var(--s3)}}
@media print{.bar,.skip,form,.tools,.go{display:none!important}.strip{position:static}.cols{display:block}details::details-content{content-visibility:visible;display:block}*{background:none!important}}
@media(forced-colors:active){.state,.live,.gate{border-color:CanvasText}}
`;

function variables(palette: Palette): string {
  const { paper, raised, ink, muted, border, accent, mask } = palette;
  const roles = (['danger', 'warning', 'success'] as const).map((role) =>
    tinted(role, palette[role].text, palette),
  );
  return [
    `--paper:${paper};--raised:${raised};--ink:${ink};--faint:${muted.text};--edge:${muted.line};--line:${border}`,
    ...[
      ...roles,
      tinted('link', accent.text, palette),
      tinted('odd', palette.question.text, palette),
    ],
    `--mask:${mask.line};--mask-ink:${mask.text}`,
  ].join(';');
}

/** A color of text and a background on which it is legible. */
function tinted(name: string, text: string, { paper }: Palette): string {
  return `--${name}:${text};--${name}-bg:color-mix(in srgb,${text} 8%,${paper})`;
}

const version = createHash('sha256').update(STYLE).digest('hex').slice(0, 12);

/** The path of the style; it changes with the style. */
export const STYLE_PATH = `/assets/${version}.css`;
