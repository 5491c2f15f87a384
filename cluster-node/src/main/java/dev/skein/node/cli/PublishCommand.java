package dev.skein.node.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code skein publish}. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description = "Publish one message; prints its Message ID when it is stored.")
final class PublishCommand implements Callable<Integer> {
    private static final int QOS_MAX = 2;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ApiOptions options = new ApiOptions();

    @Parameters(paramLabel = "TOPIC", description = "Topic name.")
    private String topic = "";

    @ArgGroup(multiplicity = "1")
    private Body body = new Body();

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "0|1|2",
            defaultValue = "0",
            description = "Quality of service (default: ${DEFAULT-VALUE}).")
    private int qos;

    @Option(
            names = {"-r", "--retain"},
            description = "Keep it as the topic's retained message; an empty one clears that.")
    private boolean retain;

    @Mixin
    private PropertyOptions properties = new PropertyOptions();

    private final Supplier<InputStream> stdin;

    PublishCommand() {
        this(() -> System.in);
    }

    PublishCommand(Supplier<InputStream> stdin) {
        this.stdin = stdin;
    }

    @Override
    public Integer call() {
        return ApiCommand.run(
                spec,
                options,
                client -> client.post("/messages", message()),
                answer -> List.of(ApiCommand.cell(answer, "messageId")));
    }

    private ObjectNode message() {
        if (qos < 0 || qos > QOS_MAX) {
            throw new CliUsage("--qos: %d (expected: 0, 1 or 2)".formatted(qos));
        }
        ObjectNode message = ApiClient.MAPPER
                .createObjectNode()
                .put("topic", topic)
                .put("qos", qos)
                .put("retain", retain)
                .put("payloadBase64", Base64.getEncoder().encodeToString(payload()));
        properties.addTo(message);
        return message;
    }

    private byte[] payload() {
        if (body.message != null) {
            return body.message.getBytes(StandardCharsets.UTF_8);
        }
        if (body.file == null) {
            return new byte[0];
        }
        try {
            return body.file.equals("-") ? stdin.get().readAllBytes() : Files.readAllBytes(Path.of(body.file));
        } catch (IOException e) {
            throw new CliFailure("--file: %s (expected: a file that can be read, or -)".formatted(body.file));
        }
    }

    /** Where the body comes from. */
    private static final class Body {
        @Option(
                names = {"-m", "--message"},
                paramLabel = "TEXT",
                description = "Body as text; may be empty.")
        private @Nullable String message;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "Body from a file; - for standard input.")
        private @Nullable String file;
    }
}
