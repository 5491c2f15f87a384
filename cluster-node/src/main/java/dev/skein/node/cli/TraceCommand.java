package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein trace client|message}. */
@Command(
        name = "trace",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Show what became of a client or a message, on all nodes.",
            "Recorded is what trace.mode of the instance says: nothing, unless it is set."
        })
final class TraceCommand {
    private static final String PATH = "/trace";
    private static final String RECORDS = "records";
    private static final InstantSource CLOCK = InstantSource.system();
    private static final int FOLLOW_SECONDS = 1;
    /** Records of nodes come so late at the most: their buffers, and clocks that differ. */
    private static final Duration OVERLAP = Duration.ofSeconds(10);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** What both subcommands take. */
    static final class Which {
        @Option(
                names = "--since",
                paramLabel = "WHEN",
                description = "From when on: such as 10m, 24h, 3d, or 2026-11-30T08:00:00Z (default: all there is).")
        private @Nullable String since;

        @Option(names = "--until", paramLabel = "WHEN", description = "Until when, likewise (default: now).")
        private @Nullable String until;

        @Option(names = "--steps", paramLabel = "STEPS", description = "Only these, such as connect,close,dropped.")
        private @Nullable String steps;

        @Option(names = "--newest", description = "The newest first.")
        private boolean newest;

        @Option(names = "--follow", description = "Go on with what happens from now on, until it is interrupted.")
        private boolean follow;

        private Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            if (since != null) {
                query.put("from", Long.toString(millis("--since", since)));
            }
            if (until != null) {
                query.put("to", Long.toString(millis("--until", until)));
            }
            if (steps != null) {
                query.put("steps", steps);
            }
            if (newest) {
                query.put("order", "newest");
            }
            return query;
        }

        private static long millis(String option, String text) {
            try {
                return text.matches("\\d+(ms|s|m|h|d)")
                        ? CLOCK.millis() - duration(text).toMillis()
                        : Instant.parse(text).toEpochMilli();
            } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
                throw new CliUsage(
                        "%s: %s (expected: such as 10m, 24h, 3d or 2026-11-30T08:00:00Z)".formatted(option, text));
            }
        }

        private static Duration duration(String text) {
            int digits = 0;
            while (Character.isDigit(text.charAt(digits))) {
                digits++;
            }
            long number = Long.parseLong(text.substring(0, digits));
            return switch (text.substring(digits)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
        }
    }

    @Command(
            name = "client",
            mixinStandardHelpOptions = true,
            description = "Show connects, closes and messages of a client.")
    int client(
            @Mixin ApiOptions options,
            @Mixin Pages pages,
            @Mixin Which which,
            @Parameters(paramLabel = "ID", description = "Its client ID.") String clientId) {
        return run(options, pages, which, PATH + "/clients" + ApiClient.segment(clientId));
    }

    @Command(
            name = "message",
            mixinStandardHelpOptions = true,
            description = "Show the way of a message to each of its receivers.")
    int message(
            @Mixin ApiOptions options,
            @Mixin Pages pages,
            @Mixin Which which,
            @Parameters(paramLabel = "ID", description = "Its Message ID: 32 hexadecimal digits.") String messageId) {
        return run(options, pages, which, PATH + "/messages" + ApiClient.segment(messageId));
    }

    private int run(ApiOptions options, Pages pages, Which which, String path) {
        if (which.follow && (which.newest || which.until != null)) {
            throw new ParameterException(
                    spec.commandLine(), "--follow: with --newest or --until (expected: without them)");
        }
        return which.follow
                ? new Following(options, which, path).run()
                : ApiCommand.run(
                        spec, options, client -> pages.read(client, path, RECORDS, which.query()), TraceCommand::table);
    }

    private static List<String> table(JsonNode answer) {
        Table table = Table.withHeader("TIME", "STEP", "CLIENT", "MESSAGE", "TOPIC", "QOS", "NODE", "DETAIL");
        answer.path(RECORDS).forEach(record -> table.row(cells(record)));
        List<String> lines = new ArrayList<>(Pages.withNext(table, answer));
        answer.path("unanswered")
                .forEach(node -> lines.add(
                        "node " + Table.printable(node.asText()) + " has not answered: its records are missing"));
        answer.path("damaged").forEach(file -> lines.add("damaged: " + Table.printable(file.asText())));
        return lines;
    }

    private static String[] cells(JsonNode record) {
        JsonNode message = record.path("message");
        return new String[] {
            ApiCommand.cell(record, "time"),
            ApiCommand.cell(record, "step"),
            ApiCommand.cell(record, "clientId"),
            ApiCommand.cell(message, "messageId"),
            ApiCommand.cell(message, "topic"),
            ApiCommand.cell(message, "qos"),
            ApiCommand.cell(record, "node"),
            detail(record)
        };
    }

    private static String detail(JsonNode record) {
        List<String> words = new ArrayList<>();
        add(words, ApiCommand.cell(record, "detail"), "");
        add(words, ApiCommand.cell(record, "address"), "");
        add(words, ApiCommand.cell(record, "channelId"), "channel ");
        add(words, ApiCommand.cell(record.path("message"), "receivedAs"), "received as ");
        int count = record.path("count").asInt(1);
        add(words, count == 1 ? "" : Integer.toString(count), "times ");
        return String.join("; ", words);
    }

    private static void add(List<String> words, String word, String before) {
        if (!word.isEmpty()) {
            words.add(before + word);
        }
    }

    /** Asks again and again; what was shown once is not shown again. */
    private final class Following {
        private final ApiOptions options;
        private final Which which;
        private final String path;
        private final Map<String, Long> shown = new LinkedHashMap<>();
        private final Set<String> missing = new HashSet<>();

        Following(ApiOptions options, Which which, String path) {
            this.options = options;
            this.which = which;
            this.path = path;
        }

        int run() {
            return ApiCommand.run(spec, options, this::follow, _ -> List.of());
        }

        private JsonNode follow(ApiClient client) {
            Map<String, String> query = which.query();
            query.computeIfAbsent("from", _ -> Long.toString(CLOCK.millis()));
            long from = Long.parseLong(query.get("from"));
            while (true) {
                long asked = CLOCK.millis();
                query.put("from", Long.toString(from));
                show(client, query);
                from = Math.max(from, asked - OVERLAP.toMillis());
                long oldest = from;
                shown.values().removeIf(millis -> millis < oldest);
                try {
                    TimeUnit.SECONDS.sleep(FOLLOW_SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return ApiClient.MAPPER.createObjectNode();
                }
            }
        }

        private void show(ApiClient client, Map<String, String> query) {
            PrintWriter out = spec.commandLine().getOut();
            Map<String, String> next = new LinkedHashMap<>(query);
            next.put("limit", "1000");
            JsonNode page;
            do {
                page = client.get(path, next);
                for (JsonNode record : page.path(RECORDS)) {
                    long millis = Instant.parse(record.path("time").asText()).toEpochMilli();
                    if (shown.put(record.path("id").asText(), millis) == null) {
                        out.println(options.json() ? record.toString() : line(record));
                    }
                }
                page.path("unanswered").forEach(node -> {
                    if (missing.add(node.asText())) {
                        out.println("node " + Table.printable(node.asText()) + " does not answer");
                    }
                });
                next.put("after", page.path("next").asText());
            } while (page.path("next").isTextual());
            out.flush();
            if (out.checkError()) {
                throw new CliFailure("output: closed");
            }
        }

        private static String line(JsonNode record) {
            List<String> words = new ArrayList<>();
            for (String cell : cells(record)) {
                words.add(Table.printable(cell));
            }
            return String.join("  ", words);
        }
    }
}
