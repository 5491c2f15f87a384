package dev.skein.node.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NotationTest {
    private final Map<String, byte[]> kept = new HashMap<>();

    @Test
    void lengthAndStringsAreCounted() {
        assertThat(sent("10 len protocol:s'MQTT' level:04 flags:02 keep-alive:k60 client:s'p'"))
                .containsExactly("100D00044D5154540402003C000170");
    }

    @Test
    void remainingLengthTakesMoreBytesAsItGrows() {
        assertThat(sent("30 len 'x'*127").getFirst()).startsWith("307F78");
        assertThat(sent("30 len 'x'*128").getFirst()).startsWith("30800178");
        assertThat(sent("30 len 'x'*16384").getFirst()).startsWith("3080800178");
    }

    @Test
    void declaredLengthReplacesTheTrueOne() {
        assertThat(sent("30 len=300 s'a'")).containsExactly("30AC02000161");
    }

    @Test
    void cutMakesTwoSegments() {
        assertThat(sent("C0 | 00")).containsExactly("C0", "00");
    }

    @Test
    void semicolonPartsPackets() {
        assertThat(Notation.packets("C0 00 ; E0 00")).hasSize(2);
    }

    @Test
    void groupsTakeAnyTokens() {
        assertThat(sent("s( 'a' 00 ED A0 80 )")).containsExactly("00056100EDA080");
    }

    @Test
    void takenIdentifierIsUsedLater() {
        assertThat(matches("32 len s'a' id:p>m 'x'", "32060001611234" + "78")).isTrue();
        assertThat(sent("40 len id:p=m")).containsExactly("40021234");
        assertThat(matches("62 02 p=m", "62021235")).isFalse();
    }

    @Test
    void takenIdentifierIsNeverZeroAndMayHaveToDiffer() {
        assertThat(matches("40 02 p?", "40020000")).isFalse();
        assertThat(matches("40 02 p>a", "40020001")).isTrue();
        assertThat(matches("40 02 p>b!a", "40020001")).isFalse();
        assertThat(matches("40 02 p>b!a", "40020002")).isTrue();
    }

    @Test
    void alternativesAndRestAreForExpecting() {
        assertThat(matches("20 02 00 04|05", "20020005")).isTrue();
        assertThat(matches("20 02 00 04|05", "20020003")).isFalse();
        assertThat(matches("30 len s'a' ...", "30050001616262")).isTrue();
        assertThatThrownBy(() -> sent("30 ??")).hasMessageContaining("expected: nothing left open");
    }

    @Test
    void shorterAndLongerPacketsDoNotMatch() {
        assertThat(matches("D0 00", "D0")).isFalse();
        assertThat(matches("D0 00", "D00000")).isFalse();
    }

    @Test
    void unreadableNotationIsNamed() {
        assertThatThrownBy(() -> Notation.packets("10 nonsense")).hasMessageContaining("nonsense");
    }

    @Test
    void namedPacketsAndStepsTakeArguments() {
        Macros macros = new Macros(
                Map.of("ping", "C0 00", "puback", "40 len $1"),
                Map.of(
                        "hello",
                        List.of("$c open", "$c send @puback($1)"),
                        "twice",
                        List.of("$c hello $1", "$c hello $1")));

        assertThat(macros.expandPackets("@ping ; @puback(p1)")).isEqualTo("C0 00 ; 40 len p1");
        assertThat(macros.expandStep("a twice p7"))
                .containsExactly("a open", "a send @puback(p7)", "a open", "a send @puback(p7)");
        assertThatThrownBy(() -> macros.expandPackets("@puback")).hasMessageContaining("arguments");
        assertThatThrownBy(() -> macros.expandPackets("@none")).hasMessageContaining("@none");
    }

    private List<String> sent(String notation) {
        return Notation.packets(notation).getFirst().segments(kept).stream()
                .map(HexFormat.of().withUpperCase()::formatHex)
                .toList();
    }

    private boolean matches(String notation, String hex) {
        return Notation.packets(notation).getFirst().matches(HexFormat.of().parseHex(hex), kept);
    }
}
