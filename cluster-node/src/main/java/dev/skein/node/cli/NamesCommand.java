package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What groups and parent topics have in common: they are names that are listed, created and deleted. */
@Command(mixinStandardHelpOptions = true, synopsisSubcommandLabel = "COMMAND")
abstract class NamesCommand {
    private final String path;
    private final String entries;
    private final String field;
    private final String header;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * For one kind of name.
     *
     * @param entries last segment of the path, and field of the list
     * @param field of the request that creates one
     * @param header of the table's first column
     */
    NamesCommand(String entries, String field, String header) {
        this.path = "/" + entries;
        this.entries = entries;
        this.field = field;
        this.header = header;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List them.")
    int list(@Mixin ApiOptions options, @Mixin Pages pages) {
        return ApiCommand.run(spec, options, client -> pages.read(client, path, entries, Map.of()), this::table);
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Register one.")
    int create(@Mixin ApiOptions options, @Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.post(path, ApiClient.MAPPER.createObjectNode().put(field, name)),
                _ -> List.of("created " + Table.printable(name)));
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Remove one.")
    int delete(@Mixin ApiOptions options, @Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.delete(path + ApiClient.segment(name)),
                _ -> List.of("deleted " + Table.printable(name)));
    }

    private List<String> table(JsonNode answer) {
        Table table = Table.withHeader(header, "FROM");
        answer.path(entries)
                .forEach(entry -> table.row(
                        ApiCommand.cell(entry, "name"),
                        entry.path("configured").asBoolean() ? "configuration" : "API"));
        return Pages.withNext(table, answer);
    }
}
