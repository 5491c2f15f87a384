package dev.skein.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fenced {@code sh} blocks of a document. */
record ShellBlocks(List<String> blocks) {
    private static final Pattern BLOCK = Pattern.compile("^```sh\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

    static ShellBlocks of(Path document) throws IOException {
        Matcher matcher = BLOCK.matcher(Files.readString(document));
        List<String> blocks = new ArrayList<>();
        while (matcher.find()) {
            blocks.add(matcher.group(1));
        }
        return new ShellBlocks(List.copyOf(blocks));
    }

    /** The only block that begins with {@code text}. */
    String block(String text) {
        List<String> found =
                blocks.stream().filter(block -> block.startsWith(text)).toList();
        if (found.size() != 1) {
            throw new IllegalStateException(
                    "blocks that begin with " + text + ": " + found.size() + " (expected: 1 of " + blocks + ")");
        }
        return found.getFirst();
    }

    /** The commands of a block as a shell takes them: a loop or a continued line is one; no comments of their own. */
    static List<String> commands(String block) {
        List<String> commands = new ArrayList<>();
        StringBuilder command = new StringBuilder();
        boolean loop = false;
        for (String line : block.lines().toList()) {
            if (command.isEmpty() && (line.isBlank() || line.startsWith("#"))) {
                continue;
            }
            loop = loop ? !line.startsWith("done") : line.startsWith("for ");
            command.append(line).append('\n');
            if (!loop && !line.endsWith("\\")) {
                commands.add(command.toString().stripTrailing());
                command.setLength(0);
            }
        }
        return commands;
    }
}
