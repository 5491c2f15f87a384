package dev.skein.node.config;

import java.util.List;

/** The configuration does not let a node start. Carries every problem found, each one line that names its key. */
public final class InvalidConfigException extends Exception {
    private final transient List<String> problems;

    /** @param problems what is wrong, at least one */
    public InvalidConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, in the order of the sources: file, environment, command line. Never empty. */
    public List<String> problems() {
        return problems;
    }
}
