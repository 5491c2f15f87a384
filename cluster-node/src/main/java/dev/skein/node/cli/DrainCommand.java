package dev.skein.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code skein drain}. */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        description = {
            "Drain a node: it takes no more clients, closes those it has, leaves the cluster and ends.",
            "Waits until its process is gone."
        })
final class DrainCommand implements Callable<Integer> {
    private static final long ASK_EVERY_MILLIS = 250;
    /** Between two who answer for the process there is a moment in which nobody does. */
    private static final int SILENT_TIMES = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions options = new ApiOptions();

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long to wait, 0 for not at all (default: ${DEFAULT-VALUE}).")
    private int timeout;

    @Override
    public Integer call() {
        if (timeout < 0) {
            throw new ParameterException(spec.commandLine(), "--timeout: %d (expected: 0 and more)".formatted(timeout));
        }
        return ApiCommand.run(
                spec,
                options,
                this::drain,
                answer -> List.of((answer.path("gone").asBoolean() ? "drained " : "draining ")
                        + Table.printable(ApiCommand.cell(answer, "node"))));
    }

    private JsonNode drain(ApiClient client) {
        JsonNode answer = client.drain();
        boolean gone = timeout > 0;
        if (gone) {
            awaitGone(client);
        }
        return ((ObjectNode) answer).put("gone", gone);
    }

    private void awaitGone(ApiClient client) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeout);
        String doing = "";
        int silent = 0;
        while (silent < SILENT_TIMES) {
            Optional<JsonNode> answer = client.readiness();
            if (answer.isPresent() && !isDraining(answer.get())) {
                return;
            }
            silent = answer.isEmpty() ? silent + 1 : 0;
            doing = answer.map(readiness -> ApiCommand.cell(check(readiness), "text"))
                    .orElse(doing);
            if (silent == 0 && System.nanoTime() > deadline) {
                throw new CliFailure(
                        "still there after %d s: %s (expected: gone; see --timeout)".formatted(timeout, doing));
            }
            pause();
        }
    }

    /** A node that does not drain is the next one at that address: what runs nodes has started it again. */
    private static boolean isDraining(JsonNode readiness) {
        return !check(readiness).path("ok").asBoolean(true);
    }

    private static JsonNode check(JsonNode readiness) {
        for (JsonNode check : readiness.path("checks")) {
            if (check.path("name").asText().equals("draining")) {
                return check;
            }
        }
        return readiness.path("absent");
    }

    private static void pause() {
        try {
            new CountDownLatch(1).await(ASK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliFailure("interrupted while the node drains");
        }
    }
}
