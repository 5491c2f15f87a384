package dev.skein.node.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows in aligned columns. */
final class Table {
    private static final String GAP = "  ";
    private static final int ESCAPE_BELOW = 0x20;
    private static final int DELETE = 0x7F;

    private final List<List<String>> rows = new ArrayList<>();

    private Table() {}

    static Table withHeader(String... names) {
        Table table = new Table();
        table.rows.add(List.of(names));
        return table;
    }

    void row(String... cells) {
        rows.add(Stream.of(cells).map(Table::printable).toList());
    }

    /** Lines without their ends; the last column is not padded. */
    List<String> lines() {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            line.append(cell);
            if (i < row.size() - 1) {
                line.append(" ".repeat(widths[i] - width(cell))).append(GAP);
            }
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Client IDs and topics come from clients: none of them may steer the terminal. */
    static String printable(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean control = c < ESCAPE_BELOW || (c >= DELETE && Character.isISOControl(c));
            boolean invisible = Character.getType(c) == Character.FORMAT;
            if (control || invisible) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.isEmpty() ? "-" : shown.toString();
    }
}
