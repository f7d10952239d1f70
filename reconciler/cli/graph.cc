#include "engine/graph/render.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "reconciler/cli/commands.h"
#include "reconciler/cli/desired_arguments.h"
#include "reconciler/controller/resolved_references.h"

namespace writ::reconciler {
namespace {

struct GraphArguments {
  SourceArguments source;
  std::string around;
  std::string format = "tree";
  bool json = false;
};

void DeclareGraph(Options& options, GraphArguments& arguments) {
  DeclareSource(options, arguments.source);
  DeclareRef(options, arguments.source);
  DeclareEnvironment(options, arguments.source);
  DeclareVariables(options, arguments.source);
  options.Text("--around", arguments.around,
               "Only this address, what it depends on and what depends on it");
  options.Choice("--format", arguments.format,
                 {"tree", "dot", "mermaid", "json"},
                 "How it is printed (default: tree)");
  options.Flag("--json", arguments.json, "The same as --format json");
}

Result<ExitCode> Graph(Session& session, const GraphArguments& arguments) {
  engine::GraphView view;
  if (!arguments.around.empty()) {
    view.around = ResourceId::Parse(arguments.around);
    if (!view.around) {
      return Fail(
          ErrorCode::kInvalidArgument,
          "--around wants an address, not \"" + arguments.around + "\"");
    }
  }
  Diagnostics diagnostics;
  const auto run = TRY(LoadDesired(session, arguments.source, diagnostics));
  diagnostics.Sort();
  const bool json = arguments.json || arguments.format == "json";
  if (!run) {
    ReportDiagnostics(session, diagnostics,
                      json ? OutputFormat::kJson : OutputFormat::kText,
                      ExitCode::kInvalid, /*as_result=*/json);
    return ExitCode::kInvalid;
  }
  const auto nodes =
      NodesOf(run->desired.resources, ResolveAmong(run->desired.resources));
  const bool is_there =
      !view.around ||
      std::any_of(nodes.begin(), nodes.end(),
                  [&](const auto& node) { return node.id == *view.around; });
  if (!is_there) {
    return Fail(ErrorCode::kNotFound, arguments.around + " is not declared",
                "see: writ graph");
  }
  if (json) {
    session.out << engine::RenderGraphJson(nodes, view);
  } else if (arguments.format == "dot") {
    session.out << engine::RenderGraphDot(nodes, view);
  } else if (arguments.format == "mermaid") {
    session.out << engine::RenderGraphMermaid(nodes, view);
  } else {
    session.out << engine::RenderGraphTree(nodes, view);
  }
  return ExitCode::kDone;
}

}  // namespace

Command GraphCommand() {
  Command command = MakeCommand<GraphArguments>(
      "graph", "Show what depends on what", DeclareGraph,
      RunReporting<GraphArguments, Graph>);
  command.examples = {
      "writ graph --around App/order-service",
      "writ graph --format dot | dot -Tsvg > graph.svg",
      "writ graph --format mermaid             # for a README or a wiki",
  };
  return command;
}

}  // namespace writ::reconciler
