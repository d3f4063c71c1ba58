/** STYLE is how the pages of the documentation look, from 360 px on, light and dark. */
export const STYLE = `
:root{color-scheme:light dark;--text:#1b1f24;--soft:#57606a;--line:#d8dee4;--back:#fff;--box:#f5f7f9;--link:#155e74;--good:#1a7f37;--warn:#9a6700;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--text:#d0d6db;--soft:#a3aab2;--line:#3b4249;--back:#1a1e23;--box:#252a30;--link:#62a8b9;--good:#56d364;--warn:#e3b341;--bad:#ff8a80}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;font:16px/1.6 system-ui,"Noto Sans TC",sans-serif;color:var(--text);background:var(--back);font-variant-numeric:tabular-nums}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
header{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:baseline;justify-content:space-between;max-width:78rem;margin:0 auto;padding:1.25rem 1.25rem .75rem;border-bottom:1px solid var(--line)}
h1{font-size:1.35rem;margin:0;line-height:1.3}h2{font-size:1.5rem;line-height:1.3;margin:0 0 1rem}h3{font-size:1.1rem;line-height:1.4;margin:0 0 .5rem}
h4{font-size:.8rem;font-weight:600;color:var(--soft);margin:1.5rem 0 .4rem}
.language{margin:0}p{margin:.5rem 0}ul,ol{padding-left:1.25rem;margin:.5rem 0}li{margin:.25rem 0}
.columns{max-width:78rem;margin:0 auto;padding:0 1.25rem}
.lead{color:var(--soft)}main>.lead{font-size:1.15rem;color:var(--text);margin:1.5rem 0;max-width:44rem}
.note{padding:.5rem .75rem;background:var(--box);border-left:3px solid var(--line)}
main{min-width:0;padding-bottom:4rem}main>section{padding-top:2.5rem;margin-top:1rem}
section section{padding:1.5rem 0;border-top:1px solid var(--line)}h2+section{border-top:0;padding-top:0}
section p,section>ul{max-width:46rem}section>h3:not(:first-child){margin-top:1.75rem}
code{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
p code,li code,dd code{background:var(--box);padding:.1em .3em;border-radius:4px}nav code{background:none;padding:0}
pre{margin:.4rem 0;padding:.75rem 1rem;background:var(--box);border:1px solid var(--line);border-radius:6px;overflow:auto;max-height:26rem}
pre code{background:none;padding:0;overflow-wrap:normal;white-space:pre}
h3 code{font-size:1em}.get{color:var(--good)}.post{color:var(--link)}.patch,.put{color:var(--warn)}.delete{color:var(--bad)}
.fields{margin:.25rem 0}.fields>div{padding:.5rem 0;border-top:1px solid var(--line)}.fields>div:first-child{border-top:0}
.fields>div:target{background:var(--box)}
dt span,.same,.failures>li>a span{color:var(--soft);font-size:.85rem}dt>code{font-weight:600}
dd{margin:.1rem 0 0}dd p{margin:.25rem 0}dd .fields{margin:.5rem 0 0;padding-left:.75rem;border-left:2px solid var(--line)}
i{font-style:normal;color:var(--soft)}
.failures{list-style:none;padding:0}.failures>li{margin:.5rem 0}.failures a{white-space:nowrap;margin-right:.35rem}
.steps{counter-reset:step;list-style:none;padding:0}.steps>li{counter-increment:step;position:relative;padding:0 0 1.25rem 2.75rem;margin:0}
.steps>li:before{content:counter(step);position:absolute;left:0;top:0;width:1.8rem;height:1.8rem;border-radius:50%;border:1px solid var(--line);text-align:center;line-height:1.75rem;font-weight:600;font-size:.9rem;color:var(--link)}
nav ul{list-style:none;padding:0;margin:0}nav li{margin:0}nav a{display:block;padding:.3rem 0;line-height:1.4}nav ul ul{padding-left:.75rem;font-size:.875rem}nav ul ul a{color:var(--soft);padding:.25rem 0}nav b{font-size:.8em;letter-spacing:.02em}
.side{display:none}.menu{max-width:78rem;margin:0 auto;padding:.5rem 1.25rem;border-bottom:1px solid var(--line)}summary{cursor:pointer;padding:.35rem 0}
.skip{position:absolute;left:-999rem}.skip:focus{left:1rem;top:.5rem;background:var(--back);padding:.5rem}
.top{position:fixed;right:.75rem;bottom:.75rem;padding:.3rem .7rem;font-size:.85rem;background:var(--back);border:1px solid var(--line);border-radius:999px}
@media(max-width:40rem){pre code{white-space:pre-wrap;overflow-wrap:anywhere}.steps>li{padding-left:2.25rem}}
@media(min-width:60rem){.columns{display:grid;grid-template-columns:16.5rem minmax(0,1fr);gap:2.5rem}.menu,.top{display:none}
.side{display:block;position:sticky;top:0;max-height:100vh;overflow:auto;padding:1.25rem .5rem 2rem 0;align-self:start}
.fields>div{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr);gap:0 1.5rem}dt span{display:block;line-height:1.4}dd{margin:0}dd .fields>div{grid-template-columns:minmax(0,11rem) minmax(0,1fr);gap:0 1rem}
dd dd .fields>div{display:block}.failures>li{display:grid;grid-template-columns:7rem minmax(0,1fr);gap:.5rem}}
@media print{.side,.menu,.top,.skip{display:none}pre{max-height:none;white-space:pre-wrap}}
`
