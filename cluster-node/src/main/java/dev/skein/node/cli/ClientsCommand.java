package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein clients list|show|disconnect|discard-session}. */
@Command(
        name = "clients",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, show and disconnect clients of a running node, and discard their sessions.")
final class ClientsCommand {
    /** A session expiry that is none (MQTT 5 section 3.1.2.11.2). */
    private static final String NEVER = "4294967295";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List clients that are connected or have a persistent session.")
    int list(
            @Mixin ApiOptions options,
            @Mixin Pages pages,
            @Option(
                            names = "--search",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Only clients whose ID holds this text.")
                    String search) {
        Map<String, String> query = search.isEmpty() ? Map.of() : Map.of("search", search);
        return ApiCommand.run(
                spec, options, client -> pages.read(client, "/clients", "clients", query), ClientsCommand::table);
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show one client: connection, subscriptions, queue and in-flight.")
    int show(
            @Mixin ApiOptions options, @Parameters(paramLabel = "CLIENT", description = "Client ID.") String clientId) {
        return ApiCommand.run(spec, options, client -> client.get(path(clientId), Map.of()), ClientsCommand::details);
    }

    @Command(
            name = "disconnect",
            mixinStandardHelpOptions = true,
            description = "Close a client's connection; its session stays.")
    int disconnect(
            @Mixin ApiOptions options, @Parameters(paramLabel = "CLIENT", description = "Client ID.") String clientId) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.post(path(clientId) + "/disconnect", ApiClient.MAPPER.createObjectNode()),
                _ -> List.of("disconnected " + Table.printable(clientId)));
    }

    @Command(
            name = "discard-session",
            mixinStandardHelpOptions = true,
            description = {
                "Close a client's connection and discard its session with its queue.",
                "Whoever connects next with the client ID begins anew and owns what it begins."
            })
    int discardSession(
            @Mixin ApiOptions options, @Parameters(paramLabel = "CLIENT", description = "Client ID.") String clientId) {
        return discardSession(spec, options, clientId);
    }

    static int discardSession(CommandSpec spec, ApiOptions options, String clientId) {
        return ApiCommand.run(
                spec,
                options,
                client -> client.delete(path(clientId) + "/session"),
                _ -> List.of("discarded the session of " + Table.printable(clientId)));
    }

    static String path(String clientId) {
        return "/clients" + ApiClient.segment(clientId);
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader(
                "CLIENT",
                "STATE",
                "NODE",
                "ADDRESS",
                "MQTT",
                "CLEAN",
                "EXPIRY",
                "RECEIVE MAX",
                "PACKET MAX",
                "FILTERS",
                "QUEUED",
                "IN-FLIGHT",
                "SINCE");
        answer.path("clients")
                .forEach(client -> table.row(
                        ApiCommand.cell(client, "clientId"),
                        state(client),
                        ApiCommand.cell(client, "node"),
                        ApiCommand.cell(client, "remoteAddress"),
                        ApiCommand.cell(client, "protocol"),
                        ApiCommand.cell(client, "cleanSession"),
                        expiry(client),
                        limit(client, "receiveMaximum"),
                        limit(client, "maximumPacketSize"),
                        ApiCommand.cell(client, "subscriptionCount"),
                        ApiCommand.cell(client, "queued"),
                        ApiCommand.cell(client, "inflight"),
                        ApiCommand.cell(client, "connectedAt")));
        List<String> lines = new ArrayList<>(Pages.withNext(table, answer));
        answer.path("unanswered")
                .forEach(node ->
                        lines.add("no answer from " + Table.printable(node.asText()) + ": its clients may be missing"));
        return lines;
    }

    private static List<String> details(JsonNode client) {
        Table table = Table.withHeader("client", Table.printable(ApiCommand.cell(client, "clientId")));
        table.row("state", state(client));
        table.row("node", ApiCommand.cell(client, "node"));
        table.row("address", ApiCommand.cell(client, "remoteAddress"));
        table.row("connected at", ApiCommand.cell(client, "connectedAt"));
        table.row("listener", ApiCommand.cell(client, "listener"));
        table.row("MQTT", ApiCommand.cell(client, "protocol"));
        table.row("clean session", ApiCommand.cell(client, "cleanSession"));
        table.row("session expiry", expiry(client));
        table.row("receive max", limit(client, "receiveMaximum"));
        table.row("packet max", limit(client, "maximumPacketSize"));
        table.row("user name", ApiCommand.cell(client, "username"));
        table.row("group", ApiCommand.cell(client, "group"));
        table.row("keep-alive", seconds(ApiCommand.cell(client, "keepAliveSeconds")));
        table.row("filters", ApiCommand.cell(client, "subscriptionCount"));
        table.row("queued", ApiCommand.cell(client, "queued"));
        table.row("in-flight", ApiCommand.cell(client, "inflight"));
        JsonNode counters = client.path("counters");
        table.row("received", ApiCommand.cell(counters, "received"));
        table.row("delivered", ApiCommand.cell(counters, "delivered"));
        table.row("dropped", ApiCommand.cell(counters, "dropped"));
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        lines.addAll(subscriptions(client).lines());
        int shown = client.path("subscriptions").size();
        if (client.path("subscriptionCount").asInt() > shown) {
            lines.add("only " + shown + " of them: 'skein sessions filters' lists all");
        }
        return lines;
    }

    static Table subscriptions(JsonNode answer) {
        Table table = Table.withHeader("FILTER", "QOS", "OPTIONS", "IDENTIFIER");
        answer.path("subscriptions")
                .forEach(each -> table.row(
                        ApiCommand.cell(each, "filter"),
                        ApiCommand.cell(each, "qos"),
                        options(each),
                        ApiCommand.cell(each, "identifier")));
        return table;
    }

    private static String options(JsonNode subscription) {
        List<String> options = new ArrayList<>();
        if (subscription.path("noLocal").asBoolean()) {
            options.add("no-local");
        }
        if (subscription.path("retainAsPublished").asBoolean()) {
            options.add("retain-as-published");
        }
        int handling = subscription.path("retainHandling").asInt();
        if (handling != 0) {
            options.add("retain-handling=" + handling);
        }
        return String.join(",", options);
    }

    private static String limit(JsonNode client, String name) {
        return ApiCommand.cell(client.path("limits"), name);
    }

    private static String expiry(JsonNode client) {
        String text = limit(client, "sessionExpirySeconds");
        return text.equals(NEVER) ? "never" : seconds(text);
    }

    private static String state(JsonNode client) {
        return client.path("online").asBoolean() ? "online" : "offline";
    }

    private static String seconds(String text) {
        return text.isEmpty() ? text : text + " s";
    }
}
