package dev.skein.node.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    void propertiesAreWrittenInTheirOrder() {
        assertThat(sent("C0 props( )")).containsExactly("C000");
        assertThat(sent("C0 props( session-expiry=300 user='a':'b' user='':( 'c' C3 ) )"))
                .containsExactly("C013110000012C26000161000162260000" + "000263C3");
        assertThat(sent("C0 props=9( subscription-id=300 26 ) 'x'")).containsExactly("C0090BAC022678");
        assertThat(sent("10 len props( content-type=( 'x'*200 ) )").getFirst()).startsWith("10CD01CB010300C8787878");
    }

    @Test
    void propertiesAreExpectedInAnyOrderButUserProperties() {
        String topicAliasAndTwoUsers = "FF" + "11" + "230001" + "26000161000162" + "26000163000164";

        assertThat(matches("FF props( user='a':'b' user='c':'d' topic-alias=1 )", topicAliasAndTwoUsers))
                .isTrue();
        assertThat(matches("FF props( user='c':'d' user='a':'b' topic-alias=1 )", topicAliasAndTwoUsers))
                .isFalse();
        assertThat(matches("FF props( user='a':'b' topic-alias=1 )", topicAliasAndTwoUsers))
                .isFalse();
        assertThat(matches("FF props( topic-alias=1..3 ... )", topicAliasAndTwoUsers))
                .isTrue();
        assertThat(matches("FF props( topic-alias=2..3 ... )", topicAliasAndTwoUsers))
                .isFalse();
        assertThat(matches("FF props( !topic-alias ... )", topicAliasAndTwoUsers))
                .isFalse();
        assertThat(matches("FF props( )", topicAliasAndTwoUsers)).isFalse();
        assertThat(matches("FF props( ... )", topicAliasAndTwoUsers.substring(0, 20)))
                .isFalse();
    }

    @Test
    void aPropertyIsKeptAndUsed() {
        assertThat(matches("20 props( assigned-client>a ... )", "20" + "07" + "120002" + "7879" + "2801"))
                .isTrue();

        assertThat(sent("10 len s=a")).containsExactly("100400027879");
        assertThat(matches("FF props( reason-string=a )", "FF" + "05" + "1F00027879"))
                .isTrue();
        assertThat(matches("FF props( reason-string=a )", "FF" + "05" + "1F00027878"))
                .isFalse();
    }

    @Test
    void reasonAndPropertiesMayBeLeftOutWhenTheySayNothing() {
        assertThat(matches("40 len p1 reason(00|10)", "40020001")).isTrue();
        assertThat(matches("40 len p1 reason(10)", "40020001")).isFalse();
        assertThat(matches("40 len p1 reason(10)", "4003000110")).isTrue();
        assertThat(matches("40 len p1 reason(10)", "400900011005" + "1F00027879"))
                .isTrue();
        assertThat(matches("40 len p1 reason(10 reason-string='xy')", "400900011005" + "1F00027879"))
                .isTrue();
        assertThat(matches("40 len p1 reason(10 !reason-string ...)", "400900011005" + "1F00027879"))
                .isFalse();
        assertThat(matches("40 len p1 reason(10 reason-string='xy')", "4003000110"))
                .isFalse();
    }

    @Test
    void aPacketOfTheServerIsHeldAgainstItsForm() {
        assertThat(fault("20030000" + "00")).isEmpty();
        assertThat(fault("20030200" + "00")).contains("acknowledge flags");
        assertThat(fault("20030187" + "00")).contains("session present");
        assertThat(fault("20060000" + "03" + "230001")).contains("topic-alias");
        assertThat(fault("200A0000" + "07" + "1F0000" + "1F000178")).contains("reason-string");
        assertThat(fault("30040001" + "6100")).isEmpty();
        assertThat(fault("30030001" + "61")).contains("cut short");
        assertThat(fault("32060001" + "610001" + "00")).isEmpty();
        assertThat(fault("38040001" + "6100")).contains("flags");
        assertThat(fault("400300" + "0101")).contains("reason code");
        assertThat(fault("6003000100")).contains("flags");
        assertThat(fault("9003000100")).contains("no reason code");
        assertThat(fault("D08000")).contains("remaining length");
        assertThat(fault("E00100")).isEmpty();
        assertThat(fault("E00104")).contains("reason code");
        assertThat(fault("E00782" + "05" + "1100000001")).contains("session-expiry");
        assertThat(fault("100100")).contains("server does not send");
    }

    @Test
    void whatAClientAsksForHoldsForWhatItGets() {
        String connect =
                "10 len s'MQTT' 05 02 k60 props( maximum-packet=20 topic-alias-maximum=2 request-problem=0 ) s''";
        Mqtt5Limits asked = Objects.requireNonNull(
                Mqtt5Limits.of(HexFormat.of().parseHex(sent(connect).getFirst())));

        assertThat(asked).isEqualTo(new Mqtt5Limits(20, 2, false));
        assertThat(asked.fault(HexFormat.of().parseHex("30040001" + "6100"))).isEmpty();
        assertThat(asked.fault(HexFormat.of().parseHex("301300106161616161616161616161616161616100")))
                .contains("at most 20");
        assertThat(asked.fault(HexFormat.of().parseHex("30060000" + "03" + "230003")))
                .contains("alias above 2");
        assertThat(asked.fault(HexFormat.of().parseHex("400800011004" + "1F000178")))
                .contains("does not want");
        assertThat(Mqtt5Limits.of(HexFormat.of().parseHex("100C00044D5154540402003C0000")))
                .isNull();
    }

    @Test
    void scramAsInItsSpecification() throws GeneralSecurityException {
        ScramClient client = new ScramClient(
                "pencil",
                "n=user,r=rOprNGfwEbeRWgbNEkqO",
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");

        assertThat(client.clientFinal())
                .isEqualTo("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                        + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
        assertThat(client.serverFinal()).isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
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

    private static String fault(String hex) {
        return Mqtt5Packet.fault(HexFormat.of().parseHex(hex));
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
