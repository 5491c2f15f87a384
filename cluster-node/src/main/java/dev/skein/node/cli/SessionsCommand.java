package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein sessions list|filters|discard}. */
@Command(
        name = "sessions",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List persistent sessions, the largest first if wanted, show their filters, and discard them.")
final class SessionsCommand {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What {@code --largest} goes by. */
    enum Size {
        /** Characters of topic filters. */
        filters,
        /** Messages in the queue. */
        queue
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List persistent sessions as the store has them, whatever they hold.")
    int list(
            @Mixin ApiOptions options,
            @Mixin Pages pages,
            @Option(
                            names = "--search",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Only sessions whose client ID holds this text.")
                    String search,
            @Option(
                            names = "--largest",
                            paramLabel = "BY",
                            description = "The largest ones, by ${COMPLETION-CANDIDATES}; looks at all of them.")
                    @Nullable
                    Size largest) {
        Map<String, String> query = new TreeMap<>();
        if (!search.isEmpty()) {
            query.put("search", search);
        }
        if (largest != null) {
            query.put("largest", largest.name());
        }
        return ApiCommand.run(
                spec, options, client -> pages.read(client, "/sessions", "sessions", query), SessionsCommand::table);
    }

    @Command(
            name = "filters",
            mixinStandardHelpOptions = true,
            description = "List the topic filters of one client, page by page.")
    int filters(
            @Mixin ApiOptions options,
            @Mixin Pages pages,
            @Parameters(paramLabel = "CLIENT", description = "Client ID.") String clientId) {
        return ApiCommand.run(
                spec,
                options,
                client ->
                        pages.read(client, ClientsCommand.path(clientId) + "/subscriptions", "subscriptions", Map.of()),
                answer -> Pages.withNext(ClientsCommand.subscriptions(answer), answer));
    }

    @Command(
            name = "discard",
            mixinStandardHelpOptions = true,
            description = "The same as 'clients discard-session': discard a session with its filters and its queue.")
    int discard(
            @Mixin ApiOptions options, @Parameters(paramLabel = "CLIENT", description = "Client ID.") String clientId) {
        return ClientsCommand.discardSession(spec, options, clientId);
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("CLIENT", "OWNER", "FILTERS", "CHARACTERS", "QUEUED", "CREATED", "LEFT");
        answer.path("sessions")
                .forEach(session -> table.row(
                        ApiCommand.cell(session, "clientId"),
                        ApiCommand.cell(session, "owner"),
                        ApiCommand.cell(session, "filters"),
                        ApiCommand.cell(session, "filterChars"),
                        ApiCommand.cell(session, "queued"),
                        ApiCommand.cell(session, "createdAt"),
                        ApiCommand.cell(session, "disconnectedAt")));
        return Pages.withNext(table, answer);
    }
}
