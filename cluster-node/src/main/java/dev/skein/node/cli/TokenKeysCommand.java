package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein token-keys list|rotate|remove}. */
@Command(
        name = "token-keys",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, rotate and remove the keys that sign tokens of an instance.")
final class TokenKeysCommand {
    private static final String PATH = "/token-keys";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List them; the last one signs.")
    int list(@Mixin ApiOptions options) {
        return ApiCommand.run(spec, options, client -> client.get(PATH, Map.of()), TokenKeysCommand::table);
    }

    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            description = "Make a key that signs from now on; tokens of those before still count.")
    int rotate(@Mixin ApiOptions options) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.post(PATH),
                answer -> List.of("created " + ApiCommand.cell(answer, "number")));
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Remove one: its tokens count no more, and who is connected with them is closed.")
    int remove(
            @Mixin ApiOptions options, @Parameters(paramLabel = "NUMBER", description = "Its number.") String number) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.delete(PATH + ApiClient.segment(number)),
                _ -> List.of("removed " + Table.printable(number)));
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("KEY", "CREATED");
        answer.path("keys")
                .forEach(each -> table.row(ApiCommand.cell(each, "number"), ApiCommand.cell(each, "created")));
        return table.lines();
    }
}
