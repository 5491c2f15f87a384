package dev.skein.node.control.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Both signatures, with the examples that Alibaba Cloud publishes. */
class RpcSignaturesTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void version1IsThatOfTheDocument() {
        Map<String, String> parameters = RpcText.parameters("Timestamp=2016-02-23T12%3A46%3A24Z&Format=XML"
                + "&AccessKeyId=testid&Action=DescribeRegions&SignatureMethod=HMAC-SHA1"
                + "&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&Version=2014-05-26&SignatureVersion=1.0"
                + "&Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D");
        String text = RpcSignatures.version1("GET", parameters);
        assertThat(text)
                .startsWith("GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26")
                .contains("Timestamp%3D2016-02-23T12%253A46%253A24Z");
        assertThat(RpcSignatures.signVersion1("testsecret", text))
                .isEqualTo(parameters.get("Signature"))
                .isEqualTo("OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
    }

    @Test
    void acs3IsThatOfTheDocument() {
        SortedMap<String, String> query =
                RpcText.parameters("RegionId=cn-shanghai&ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd");
        Map<String, String> headers = Map.of(
                "host", "ecs.cn-shanghai.aliyuncs.com",
                "x-acs-action", "RunInstances",
                "x-acs-content-sha256", EMPTY,
                "x-acs-date", "2023-10-26T10:22:32Z",
                "x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d",
                "x-acs-version", "2014-05-26",
                "accept", "not signed");
        List<String> signed = List.of(
                "host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version");
        assertThat(RpcSignatures.bodyHash("")).isEqualTo(EMPTY);
        String text = RpcSignatures.acs3("POST", "/", query, headers, signed, EMPTY);
        assertThat(text)
                .isEqualTo("ACS3-HMAC-SHA256\n7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
        assertThat(RpcSignatures.signAcs3("YourAccessKeySecret", text))
                .isEqualTo("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
    }

    @Test
    void parametersAreDecodedAndEncodedAsRfc3986Says() {
        assertThat(RpcText.parameters("b=%C3%A4+x&a=~*%2F&c=&d&&"))
                .isEqualTo(Map.of("a", "~*/", "b", "ä x", "c", "", "d", ""));
        assertThat(RpcText.canonical(new TreeMap<>(Map.of("b", "ä x", "a", "~*/"))))
                .isEqualTo("a=~%2A%2F&b=%C3%A4%20x");
    }

    @Test
    void whatIsNotWellFormedIsRefused() {
        assertThatThrownBy(() -> RpcText.parameters("a=1&a=2")).hasMessage("a: given twice (expected: once)");
        assertThatThrownBy(() -> RpcText.parameters("a=%zz"))
                .hasMessage("parameters: not well formed (expected: percent-encoded UTF-8)");
    }
}
