package dev.skein.protocol.apsara;

/** Character rules that the names of the model share: ASCII letters, digits, {@code -} and {@code _}. */
final class Words {
    static final String CHARACTERS = "letters, digits, - and _";

    private Words() {}

    static boolean onlyWordCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
                return false;
            }
        }
        return true;
    }
}
