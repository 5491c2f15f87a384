package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein retained list|delete}. */
@Command(
        name = "retained",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List and delete retained messages.")
final class RetainedCommand {
    private static final String PATH = "/retained";
    private static final String FILTER = "filter";
    /** Deleted by one request: it has to be answered in time. */
    private static final String DELETED_AT_ONCE = "500";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List retained messages by topic, without their bodies.")
    int list(
            @Mixin ApiOptions options,
            @Mixin Pages pages,
            @Parameters(
                            paramLabel = "FILTER",
                            arity = "0..1",
                            defaultValue = "",
                            description = "Only topics that match, such as 'devices/#'.")
                    String filter) {
        Map<String, String> query = filter.isEmpty() ? Map.of() : Map.of(FILTER, filter);
        return ApiCommand.run(
                spec, options, client -> pages.read(client, PATH, "messages", query), RetainedCommand::table);
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = {
                "Delete the retained message of one topic, or those of many topics with --yes.",
                "Subscribers are not told."
            })
    int delete(
            @Mixin ApiOptions options,
            @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "The topic.") @Nullable String topic,
            @Option(names = "--filter", paramLabel = "FILTER", description = "All topics that match.") @Nullable
                    String filter,
            @Option(names = "--parent", paramLabel = "PARENT", description = "All topics below this parent topic.")
                    @Nullable
                    String parent,
            @Option(names = "--yes", description = "Say so: with --filter and --parent.") boolean yes) {
        if (Stream.of(topic, filter, parent).filter(each -> each != null).count() != 1) {
            throw new ParameterException(spec.commandLine(), "expected: either TOPIC, --filter or --parent");
        }
        if (topic != null) {
            return ApiCommand.run(
                    spec,
                    options,
                    client -> client.delete(PATH + ApiClient.segment(topic)),
                    _ -> List.of("deleted the retained message of " + Table.printable(topic)));
        }
        if (!yes) {
            throw new ParameterException(
                    spec.commandLine(), "--yes: absent (expected: with it; 'skein retained list' shows what would go)");
        }
        String all = filter == null ? parent + "/#" : filter;
        return ApiCommand.run(
                spec,
                options,
                client -> deleteAll(client, all),
                answer -> List.of("deleted " + answer.path("deleted").asLong() + " retained messages"));
    }

    private static JsonNode deleteAll(ApiClient client, String filter) {
        Map<String, String> query = new TreeMap<>(Map.of(FILTER, filter, "limit", DELETED_AT_ONCE));
        long deleted = 0;
        while (true) {
            JsonNode page = client.delete(PATH, query);
            deleted += page.path("deleted").asLong();
            JsonNode next = page.path("next");
            if (!next.isTextual()) {
                ObjectNode answer = ApiClient.MAPPER.createObjectNode();
                return answer.put("deleted", deleted);
            }
            query.put("after", next.asText());
        }
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("TOPIC", "BYTES", "QOS", "TIME", "BY");
        answer.path("messages")
                .forEach(message -> table.row(
                        ApiCommand.cell(message, "topic"),
                        ApiCommand.cell(message, "bytes"),
                        ApiCommand.cell(message, "qos"),
                        ApiCommand.cell(message, "time"),
                        ApiCommand.cell(message, "origin")));
        return Pages.withNext(table, answer);
    }
}
