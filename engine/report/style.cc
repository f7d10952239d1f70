// The look of the HTML report. Everything is there without the script; what
// only the script can do appears by the class "scripted" on the root.
#include "engine/report/palette.h"

namespace writ::engine {
namespace {

constexpr std::string_view kReportCss = R"css(
*{box-sizing:border-box}
[hidden]{display:none!important}
html{-webkit-text-size-adjust:100%;scroll-padding-top:4.5rem}
body{margin:0;background:var(--page);color:var(--text);
font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
code,pre,.addr,.path,.place{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.92em}
main,header.top{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header.top{padding-top:2rem}
a{color:var(--link)}
h1{font-size:1.15rem;font-weight:600;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.05rem;font-weight:600;margin:2.25rem 0 .75rem}
.about{color:var(--soft);margin:0;overflow-wrap:anywhere}
.tiles{display:flex;flex-wrap:wrap;gap:.5rem;margin:1.25rem 0 .75rem;padding:0;list-style:none}
.tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:.6rem .9rem;min-width:6rem}
.tile b{display:block;font-size:1.6rem;line-height:1.15;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:.86rem}
.tile.green b{color:var(--green)}.tile.amber b{color:var(--amber)}
.tile.red b{color:var(--red)}.tile.blue b{color:var(--blue)}
.tile.red{border-color:var(--red)}
.banner{border-radius:10px;padding:.8rem 1rem;margin:1rem 0;border:1px solid var(--line);background:var(--card);overflow-wrap:anywhere}
.banner.red{background:var(--red-wash);border-color:var(--red)}
.banner.red strong{color:var(--red)}
.banner.green{background:var(--green-wash);border-color:var(--green)}
.banner p{margin:0 0 .4rem}.banner p:last-child{margin:0}
.banner ul{margin:.3rem 0 .5rem;padding:0}
pre{margin:.4rem 0;padding:.6rem .8rem;background:var(--card);border:1px solid var(--line);border-radius:8px;overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
.tools{display:none;position:sticky;top:0;z-index:2;background:var(--page);padding:.6rem 0;gap:.5rem;flex-wrap:wrap;align-items:center;border-bottom:1px solid var(--line);margin-top:1.5rem}
.scripted .tools{display:flex}
.tools input,.tools select,.tools button{font:inherit;color:var(--text);background:var(--card);border:1px solid var(--edge);border-radius:8px;padding:.4rem .65rem;min-height:2.4rem;max-width:100%}
.tools input{flex:1 1 14rem;min-width:0}
.tools button{cursor:pointer}
.tools button:hover{border-color:var(--text)}
.tools output{color:var(--soft);font-size:.9rem;font-variant-numeric:tabular-nums;margin-left:auto}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.list{display:grid;gap:.5rem}
.change{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--edge);border-radius:8px;content-visibility:auto;contain-intrinsic-size:auto 3rem;min-width:0}
.change.green{border-left-color:var(--green)}.change.amber{border-left-color:var(--amber)}
.change.red{border-left-color:var(--red)}.change.blue{border-left-color:var(--blue)}
.change>summary,.change>.plain{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:.15rem .7rem;align-items:baseline;padding:.6rem .9rem;list-style:none}
.change>summary{cursor:pointer}
.change>summary::-webkit-details-marker{display:none}
.change>summary:hover .addr{text-decoration:underline}
.badge{display:inline-block;text-align:center;font-size:.78rem;font-weight:600;border-radius:999px;padding:.1rem .6rem;white-space:nowrap;color:var(--text);background:var(--page);border:1px solid var(--line)}
.badge.green{color:var(--green);background:var(--green-wash);border-color:transparent}
.badge.amber{color:var(--amber);background:var(--amber-wash);border-color:transparent}
.badge.red{color:var(--red);background:var(--red-wash);border-color:transparent}
.badge.blue{color:var(--blue);background:var(--blue-wash);border-color:transparent}
summary>.badge,.plain>.badge{min-width:5.4rem}
.addr{font-weight:600;overflow-wrap:anywhere}
.addr small{font-weight:400;color:var(--soft);font-size:1em}
.why{grid-column:2/-1;color:var(--soft);overflow-wrap:anywhere}
.why:empty{display:none}
.place{color:var(--soft);text-align:right;overflow-wrap:anywhere;font-size:.82em;max-width:22rem}
.body{padding:0 .9rem .8rem;border-top:1px solid var(--line);margin-top:.1rem}
.notes{margin:.7rem 0 0;padding:0;list-style:none;display:grid;gap:.3rem}
.notes li{overflow-wrap:anywhere;padding-left:1.5rem;text-indent:-1.5rem}
.notes .place{text-indent:0;margin-left:.5rem}
.notes .bad{color:var(--red)}.notes .warn{color:var(--amber)}.notes .ok{color:var(--green)}
.fields{width:100%;border-collapse:collapse;margin:.7rem 0 0;table-layout:fixed}
.fields td,.fields th{padding:.3rem .6rem .3rem 0;vertical-align:top;text-align:left;border-top:1px solid var(--line);overflow-wrap:anywhere;font-weight:400}
.fields tr:first-child td,.fields tr:first-child th{border-top:0}
.fields th{width:32%;color:var(--soft)}
.fields td:last-child:not(:nth-child(2)){width:30%;text-align:right;padding-right:0}
.was{color:var(--red);text-decoration:line-through;text-decoration-thickness:1px}
.now{color:var(--green)}
.picture{background:var(--card);border:1px solid var(--line);border-radius:10px;overflow:auto;max-height:34rem;padding:.5rem}
.picture svg{display:block;height:auto;margin:auto}
.picture a{text-decoration:none}
.node rect{fill:var(--card);stroke:var(--edge);stroke-width:1}
.node text{fill:var(--soft);font-size:12px}
.node .kind{font-size:10px;fill:var(--soft)}
.node.green rect{fill:var(--green-wash);stroke:var(--green);stroke-width:2}
.node.amber rect{fill:var(--amber-wash);stroke:var(--amber);stroke-width:2}
.node.red rect{fill:var(--red-wash);stroke:var(--red);stroke-width:2}
.node.blue rect{fill:var(--blue-wash);stroke:var(--blue);stroke-width:2}
.node.hit rect{stroke:var(--text);stroke-dasharray:4 3;stroke-width:1.5}
.node.green text,.node.amber text,.node.red text,.node.blue text,.node.hit text{fill:var(--text)}
.node.green,.node.amber,.node.red,.node.blue{font-weight:600}
.link{fill:none;stroke:var(--edge);stroke-width:1.2;opacity:.75}
.link.hot{stroke:var(--text);stroke-width:1.6;opacity:1}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1rem;color:var(--soft);font-size:.88rem;margin:.5rem 0 0}
.plainlist{margin:0;padding-left:1.2rem;color:var(--soft);overflow-wrap:anywhere}
footer{max-width:72rem;margin:2.5rem auto;padding:1rem 1.25rem 0;color:var(--soft);font-size:.88rem;overflow-wrap:anywhere;border-top:1px solid var(--line)}
.none{color:var(--soft)}
@media (max-width:40rem){
body{font-size:16px}
main,header.top,footer{padding-left:.9rem;padding-right:.9rem}
header.top{padding-top:1.2rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(5.4rem,1fr))}
.tile{min-width:0;padding:.5rem .7rem}
.change>summary,.change>.plain{grid-template-columns:auto minmax(0,1fr)}
.change>summary>.place,.change>.plain>.place{grid-column:1/-1;text-align:left;max-width:none}
.why{grid-column:1/-1}
.tools{position:static}
.tools input{flex-basis:100%}
.tools select{flex:1 1 7rem}
.tools output{margin-left:0;flex-basis:100%}
.fields,.fields tbody,.fields tr,.fields td,.fields th{display:block;width:auto!important}
.fields tr{border-top:1px solid var(--line);padding:.3rem 0}
.fields tr:first-child{border-top:0}
.fields td,.fields th{border:0;padding:.05rem 0}
.fields td:last-child:not(:nth-child(2)){text-align:left}
.fields .place{text-align:left}
}
@media print{.tools{display:none!important}.change{break-inside:avoid;content-visibility:visible}.picture{max-height:none;overflow:visible}body{background:#fff}}
@media (prefers-reduced-motion:no-preference){.change{transition:border-color .15s}}
)css";

std::string Variables(bool dark) {
  std::string out;
  for (const PaletteColor& color : kPalette) {
    out.append("--").append(color.name).append(":");
    out.append(dark ? color.dark : color.light).append(";");
  }
  return out;
}

}  // namespace

std::string ReportStyle() {
  std::string style = ":root{color-scheme:light dark;" + Variables(false) + "}";
  style +=
      "\n@media (prefers-color-scheme:dark){:root{" + Variables(true) + "}}";
  style.append(kReportCss);
  return style;
}

// Events are listened to once, on the page; a search looks at texts that were
// gathered once, and writes to the page in one go.
std::string_view ReportScript() {
  return R"js(
(function(){
"use strict";
var root=document.documentElement;root.classList.add("scripted");
var by=function(id){return document.getElementById(id)};
var rows=Array.prototype.slice.call(document.querySelectorAll(".change"));
var search=by("search"),action=by("action"),kind=by("kind"),risk=by("risk"),count=by("count");
if(!search)return;
var facts=null;
var gather=function(){
if(facts)return facts;
facts=rows.map(function(row){return{row:row,text:row.textContent.toLowerCase(),
action:row.getAttribute("data-action"),kind:row.getAttribute("data-kind"),
risk:row.getAttribute("data-risk"),section:row.closest("section"),shown:true}});
return facts};
var sections=Array.prototype.slice.call(document.querySelectorAll("section.changes"));
var filter=function(){
var words=search.value.toLowerCase().split(/\s+/).filter(Boolean),n=0;
gather().forEach(function(f){
var on=(!action.value||f.action===action.value)&&(!kind.value||f.kind===kind.value)&&
(!risk.value||f.risk===risk.value)&&words.every(function(w){return f.text.indexOf(w)>=0});
if(on)n++;
if(on!==f.shown){f.shown=on;f.row.hidden=!on}});
sections.forEach(function(s){s.hidden=!facts.some(function(f){return f.shown&&f.section===s})});
by("nothing").hidden=n>0;
count.textContent=n===rows.length?rows.length+" changes":n+" of "+rows.length+" changes"};
var asked=0;
var soon=function(){if(asked)return;asked=1;setTimeout(function(){asked=0;filter()},30)};
by("tools").addEventListener("input",soon);
by("tools").addEventListener("click",function(e){
var all=e.target.getAttribute("data-all");if(!all)return;
rows.forEach(function(row){if(row.tagName==="DETAILS"&&!row.hidden)row.open=all==="open"})});
document.addEventListener("keydown",function(e){
if(e.key==="/"&&document.activeElement===document.body){e.preventDefault();search.focus()}
if(e.key==="Escape"&&document.activeElement===search){search.value="";filter()}});
document.addEventListener("click",function(e){
var link=e.target.closest?e.target.closest("a[href^='#c']"):null;if(!link)return;
var row=document.getElementById(link.getAttribute("href").slice(1));
if(row){search.value=action.value=kind.value=risk.value="";filter();if(row.tagName==="DETAILS")row.open=true}});
count.textContent=rows.length+" changes";
})();
)js";
}

}  // namespace writ::engine
