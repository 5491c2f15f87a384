package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein rules list|show|create|update|enable|disable|delete|watch}. */
@Command(
        name = "rules",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Rules between an instance and back ends such as RocketMQ and Kafka.")
final class RulesCommand {
    private static final String PATH = "/rules";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List them, with how they do on this node.")
    int list(@Mixin ApiOptions options, @Mixin Pages pages) {
        return ApiCommand.run(
                spec, options, client -> pages.read(client, PATH, "rules", Map.of()), RulesCommand::table);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Show one whole.")
    int show(@Mixin ApiOptions options, @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        return ApiCommand.run(spec, options, client -> client.get(one(id), Map.of()), RulesCommand::whole);
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Make one, for example:",
                "skein rules create out1 --kind outbound --connector rmq --parent-topic telemetry --target-topic t_out"
            })
    int create(
            @Mixin ApiOptions options,
            @Mixin RuleOptions rule,
            @Option(
                            names = "--kind",
                            required = true,
                            paramLabel = "KIND",
                            description = "inbound, outbound or status.")
                    String kind,
            @Option(names = "--disabled", description = "It does not run yet.") boolean disabled,
            @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        ObjectNode body = rule.body().put("id", id).put("kind", kind).put("enabled", !disabled);
        return ApiCommand.run(
                spec, options, client -> client.post(PATH, body), _ -> List.of("created " + Table.printable(id)));
    }

    @Command(name = "update", mixinStandardHelpOptions = true, description = "Change what is given of one.")
    int update(
            @Mixin ApiOptions options,
            @Mixin RuleOptions rule,
            @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        return change(options, id, rule.body(), "updated ");
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Let one run.")
    int enable(@Mixin ApiOptions options, @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        return change(options, id, ApiClient.MAPPER.createObjectNode().put("enabled", true), "enabled ");
    }

    @Command(name = "disable", mixinStandardHelpOptions = true, description = "Stop one; its spool stays.")
    int disable(@Mixin ApiOptions options, @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        return change(options, id, ApiClient.MAPPER.createObjectNode().put("enabled", false), "disabled ");
    }

    private int change(ApiOptions options, String id, ObjectNode body, String done) {
        return ApiCommand.run(
                spec, options, client -> client.post(one(id), body), _ -> List.of(done + Table.printable(id)));
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Remove one, with what waits for its target.")
    int delete(@Mixin ApiOptions options, @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        return ApiCommand.run(
                spec, options, client -> client.delete(one(id)), _ -> List.of("deleted " + Table.printable(id)));
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = "Show once a second what one does on this node; Ctrl-C ends it.")
    int watch(
            @Mixin ApiOptions options,
            @Option(names = "--count", paramLabel = "N", defaultValue = "0", description = "Lines; 0: no end.")
                    int count,
            @Parameters(paramLabel = "RULE", description = "Its id.") String id) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("STATE     RECEIVED/S  SENT/S  REFUSED  DROPPED  BACKLOG  PROBLEM");
        JsonNode[] before = new JsonNode[1];
        for (int i = 0; count == 0 || i < count; i++) {
            int code = ApiCommand.run(spec, options, client -> client.get(one(id), Map.of()), answer -> {
                JsonNode now = answer.path("figures");
                String line = line(before[0] == null ? now : before[0], now);
                before[0] = now;
                return List.of(line);
            });
            if (code != ApiCommand.OK) {
                return code;
            }
            if (i + 1 != count) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
        return ApiCommand.OK;
    }

    private static String line(JsonNode before, JsonNode now) {
        return "%-8s  %10d  %6d  %7d  %7d  %7d  %s"
                .formatted(
                        Table.printable(now.path("state").asText()),
                        now.path("received").asLong() - before.path("received").asLong(),
                        now.path("sent").asLong() - before.path("sent").asLong(),
                        now.path("refused").asLong(),
                        now.path("dropped").asLong(),
                        now.path("backlog").asLong(),
                        Table.printable(now.path("problem").asText()));
    }

    private static String one(String id) {
        return PATH + ApiClient.segment(id);
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader(
                "RULE", "KIND", "RESOURCE", "CONNECTOR", "TOPIC", "FROM", "STATE", "SENT", "BACKLOG", "PROBLEM");
        answer.path("rules")
                .forEach(rule -> table.row(
                        ApiCommand.cell(rule, "id"),
                        ApiCommand.cell(rule, "kind"),
                        ApiCommand.cell(rule, "resource"),
                        ApiCommand.cell(rule, "connector"),
                        ApiCommand.cell(rule, "topic"),
                        rule.path("configured").asBoolean() ? "configuration" : "API",
                        ApiCommand.cell(rule.path("figures"), "state"),
                        ApiCommand.cell(rule.path("figures"), "sent"),
                        ApiCommand.cell(rule.path("figures"), "backlog"),
                        ApiCommand.cell(rule.path("figures"), "problem")));
        return Pages.withNext(table, answer);
    }

    private static List<String> whole(JsonNode rule) {
        List<String> lines = new ArrayList<>();
        rule.properties().forEach(field -> {
            if (field.getValue().isValueNode()) {
                lines.add("%-16s %s"
                        .formatted(
                                field.getKey(), Table.printable(field.getValue().asText())));
            }
        });
        rule.path("options")
                .forEach(option -> lines.add("%-16s %s=%s"
                        .formatted(
                                "option",
                                Table.printable(ApiCommand.cell(option, "name")),
                                Table.printable(ApiCommand.cell(option, "value")))));
        rule.path("figures")
                .properties()
                .forEach(field -> lines.add("%-16s %s"
                        .formatted(
                                field.getKey(), Table.printable(field.getValue().asText()))));
        return lines;
    }
}
