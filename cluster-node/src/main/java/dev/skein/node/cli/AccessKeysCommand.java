package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein access-keys list|add|remove}. */
@Command(
        name = "access-keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, add and remove access keys of an instance while it runs.")
final class AccessKeysCommand {
    private static final String PATH = "/access-keys";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List them, without their secrets.")
    int list(@Mixin ApiOptions options, @Mixin Pages pages) {
        return ApiCommand.run(
                spec, options, client -> pages.read(client, PATH, "accessKeys", Map.of()), AccessKeysCommand::table);
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Make one, with an id and a secret of its own; the secret is shown this once.")
    int add(
            @Mixin ApiOptions options,
            @Option(names = "--id", paramLabel = "ID", description = "Its id; else one is made.") @Nullable String id,
            @Option(names = "--account", paramLabel = "ACCOUNT", description = "To whom sessions made with it belong.")
                    @Nullable
                    String account,
            @Option(
                            names = "--client-id",
                            paramLabel = "PATTERN",
                            description = "A client ID that it may use, * and %%u as in client-ids; may be repeated.")
                    @Nullable
                    List<String> clientIds) {
        ObjectNode body = ApiClient.MAPPER.createObjectNode();
        if (id != null) {
            body.put("id", id);
        }
        if (account != null) {
            body.put("account", account);
        }
        if (clientIds != null) {
            clientIds.forEach(body.putArray("clientIds")::add);
        }
        return ApiCommand.run(
                spec,
                options,
                client -> client.post(PATH, body),
                answer ->
                        List.of("id " + ApiCommand.cell(answer, "id"), "secret " + ApiCommand.cell(answer, "secret")));
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Remove one; connections by it, and by tokens applied for with it, are closed.")
    int remove(@Mixin ApiOptions options, @Parameters(paramLabel = "ID", description = "Its id.") String id) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.delete(PATH + ApiClient.segment(id)),
                _ -> List.of("removed " + Table.printable(id)));
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("ACCESS KEY", "FROM", "ACCOUNT", "CLIENT IDS");
        answer.path("accessKeys")
                .forEach(each -> table.row(
                        ApiCommand.cell(each, "id"),
                        each.path("configured").asBoolean() ? "configuration" : "API",
                        ApiCommand.cell(each, "account"),
                        patterns(each)));
        return Pages.withNext(table, answer);
    }

    /** The patterns of client IDs of a user or an access key. */
    static String patterns(JsonNode each) {
        List<String> patterns = new ArrayList<>();
        each.path("clientIds").forEach(pattern -> patterns.add(Table.printable(pattern.asText())));
        return patterns.isEmpty() ? "any" : String.join(" ", patterns);
    }
}
