package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein users list|add|password|remove}. */
@Command(
        name = "users",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, add, change and remove users of an instance while it runs.")
final class UsersCommand {
    private static final String PATH = "/users";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List them.")
    int list(@Mixin ApiOptions options, @Mixin Pages pages) {
        return ApiCommand.run(
                spec, options, client -> pages.read(client, PATH, "users", Map.of()), UsersCommand::table);
    }

    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = "Add one; skein hash-password makes the hash of a password.")
    int add(
            @Mixin ApiOptions options,
            @Option(names = "--password-hash", required = true, paramLabel = "HASH", description = "Of its password.")
                    String hash,
            @Option(
                            names = "--client-id",
                            paramLabel = "PATTERN",
                            description = "A client ID that it may use, * and %%u as in client-ids; may be repeated.")
                    @Nullable
                    List<String> clientIds,
            @Parameters(paramLabel = "USER", description = "Its name.") String name) {
        ObjectNode body = ApiClient.MAPPER.createObjectNode().put("name", name).put("passwordHash", hash);
        if (clientIds != null) {
            clientIds.forEach(body.putArray("clientIds")::add);
        }
        return ApiCommand.run(
                spec, options, client -> client.post(PATH, body), _ -> List.of("added " + Table.printable(name)));
    }

    @Command(
            name = "password",
            mixinStandardHelpOptions = true,
            description = "Give one another password, which holds for its next connection.")
    int password(
            @Mixin ApiOptions options,
            @Option(names = "--password-hash", required = true, paramLabel = "HASH", description = "Of its password.")
                    String hash,
            @Parameters(paramLabel = "USER", description = "Its name.") String name) {
        ObjectNode body = ApiClient.MAPPER.createObjectNode().put("passwordHash", hash);
        return ApiCommand.run(
                spec,
                options,
                client -> client.post(PATH + ApiClient.segment(name) + "/password", body),
                _ -> List.of("changed " + Table.printable(name)));
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Remove one; its connections are closed.")
    int remove(@Mixin ApiOptions options, @Parameters(paramLabel = "USER", description = "Its name.") String name) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.delete(PATH + ApiClient.segment(name)),
                _ -> List.of("removed " + Table.printable(name)));
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("USER", "FROM", "CLIENT IDS");
        answer.path("users")
                .forEach(each -> table.row(
                        ApiCommand.cell(each, "name"),
                        each.path("configured").asBoolean() ? "configuration" : "API",
                        AccessKeysCommand.patterns(each)));
        return Pages.withNext(table, answer);
    }
}
