package dev.skein.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What every client subcommand does: ask, print, and end with an exit code. */
final class ApiCommand {
    static final int OK = 0;
    static final int FAILED = 1;

    private ApiCommand() {}

    /**
     * Asks and prints.
     *
     * @param spec of the command, for its streams
     * @param ask makes the request
     * @param show lines for people, from the answer
     */
    static int run(
            CommandSpec spec,
            ApiOptions options,
            Function<ApiClient, JsonNode> ask,
            Function<JsonNode, List<String>> show) {
        PrintWriter out = spec.commandLine().getOut();
        try (ApiClient client = new ApiClient(options)) {
            JsonNode answer = ask.apply(client);
            if (options.json()) {
                out.println(ApiClient.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
            } else {
                show.apply(answer).forEach(out::println);
            }
            out.flush();
            return OK;
        } catch (CliUsage e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        } catch (CliFailure | JsonProcessingException e) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("skein: " + e.getMessage());
            err.flush();
            return FAILED;
        }
    }

    /** A field of an answer for a table: {@code -} for null. */
    static String cell(JsonNode node, String field) {
        JsonNode value = node.path(field);
        return value.isNull() || value.isMissingNode() ? "" : value.asText();
    }
}
