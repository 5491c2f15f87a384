package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein connectors list|test}. */
@Command(
        name = "connectors",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List and test the back ends that rules lead to.")
final class ConnectorsCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "list", mixinStandardHelpOptions = true, description = "List them.")
    int list(@Mixin ApiOptions options) {
        return ApiCommand.run(spec, options, ApiClient::connectors, ConnectorsCommand::table);
    }

    @Command(
            name = "test",
            mixinStandardHelpOptions = true,
            description = "Try address and credentials of one; exit code 1 when something is wrong.")
    int test(@Mixin ApiOptions options, @Parameters(paramLabel = "ID", description = "Its id.") String id) {
        return ApiCommand.run(
                spec,
                options,
                client -> tested(client.testConnector(id), id),
                answer -> List.of(Table.printable(id) + " " + ApiCommand.cell(answer, "text")));
    }

    private static JsonNode tested(JsonNode answer, String id) {
        if (!answer.path("ok").asBoolean()) {
            throw new CliFailure("connector " + id + ": " + ApiCommand.cell(answer, "text"));
        }
        return answer;
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("CONNECTOR", "TYPE");
        answer.path("connectors")
                .forEach(each -> table.row(ApiCommand.cell(each, "id"), ApiCommand.cell(each, "type")));
        return table.lines();
    }
}
