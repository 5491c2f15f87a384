package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code skein cluster}. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        subcommands = CertificatesCommand.class,
        description = "Show the members of the cluster, as the node that is asked sees them.")
final class ClusterCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions options = new ApiOptions();

    @Override
    public Integer call() {
        return ApiCommand.run(spec, options, ApiClient::cluster, ClusterCommand::lines);
    }

    private static List<String> lines(JsonNode answer) {
        Table table = Table.withHeader(
                "NODE",
                "STATUS",
                "VERSION",
                "REACHABLE",
                "INSTANCE",
                "CLEAN",
                "PERSISTENT",
                "FILTERS",
                "QUEUED",
                "LINK BYTES",
                "STORE");
        for (JsonNode member : answer.path("members")) {
            JsonNode instances = member.path("instances");
            if (instances.isEmpty()) {
                row(table, member, instances);
            }
            instances.forEach(load -> row(table, member, load));
        }
        List<String> lines = new ArrayList<>(table.lines());
        answer.path("members").forEach(member -> {
            String problem = ApiCommand.cell(member, "storeProblem");
            if (!problem.isEmpty()) {
                lines.add("store of " + Table.printable(ApiCommand.cell(member, "address")) + ": "
                        + Table.printable(problem));
            }
        });
        return lines;
    }

    private static void row(Table table, JsonNode member, JsonNode load) {
        table.row(
                ApiCommand.cell(member, "address") + (member.path("self").asBoolean() ? " *" : ""),
                member.path("draining").asBoolean() ? "draining" : ApiCommand.cell(member, "status"),
                ApiCommand.cell(member, "version"),
                member.path("reachable").asBoolean() ? "yes" : "no",
                ApiCommand.cell(load, "instance"),
                ApiCommand.cell(load, "clean"),
                ApiCommand.cell(load, "persistent"),
                ApiCommand.cell(load, "subscriptions"),
                ApiCommand.cell(load, "queued"),
                ApiCommand.cell(member, "linkPendingBytes"),
                store(member));
    }

    private static String store(JsonNode member) {
        if (!member.path("answered").asBoolean()) {
            return "no answer";
        }
        return member.path("storeProblem").isNull() ? "ok" : "failed";
    }
}
