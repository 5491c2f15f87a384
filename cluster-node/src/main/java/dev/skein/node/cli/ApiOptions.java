package dev.skein.node.cli;

import picocli.CommandLine.Option;

/** Options of every client subcommand. */
final class ApiOptions {
    @Option(
            names = "--url",
            paramLabel = "URL",
            defaultValue = "${env:SKEIN_URL:-http://127.0.0.1:8080}",
            description = "Control API of a node (environment: SKEIN_URL; default: http://127.0.0.1:8080).")
    private String url = "";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            defaultValue = "${env:SKEIN_TOKEN:-}",
            description = "Bearer token (environment: SKEIN_TOKEN, which other users of the machine cannot see).")
    private String token = "";

    @Option(
            names = "--instance",
            paramLabel = "ID",
            defaultValue = "default",
            description = "Instance (default: ${DEFAULT-VALUE}).")
    private String instance = "";

    @Option(names = "--json", description = "Print the answer as JSON.")
    private boolean json;

    String url() {
        return url;
    }

    String token() {
        return token;
    }

    String instance() {
        return instance;
    }

    boolean json() {
        return json;
    }
}
