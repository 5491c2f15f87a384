package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code skein audit}. */
@Command(name = "audit", mixinStandardHelpOptions = true, description = "Show who changed an instance, newest first.")
final class AuditCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions options = new ApiOptions();

    @Mixin
    private Pages pages = new Pages();

    @Override
    public Integer call() {
        return ApiCommand.run(
                spec, options, client -> pages.read(client, "/audit", "entries", Map.of()), AuditCommand::table);
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("NO", "TIME", "BY", "ACTION", "SUBJECT", "DETAIL");
        answer.path("entries")
                .forEach(entry -> table.row(
                        ApiCommand.cell(entry, "sequence"),
                        ApiCommand.cell(entry, "time"),
                        ApiCommand.cell(entry, "by"),
                        ApiCommand.cell(entry, "action"),
                        ApiCommand.cell(entry, "subject"),
                        ApiCommand.cell(entry, "detail")));
        return Pages.withNext(table, answer);
    }
}
