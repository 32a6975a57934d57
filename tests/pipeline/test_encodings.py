"""Encodings are found, chosen and mended; a text that is in none is refused."""

import random

import pytest

from pipeline.errors import ReadingError
from pipeline.reading import Recipe

pytestmark = pytest.mark.usefixtures("no_files_are_left")


WORDS = {
    "de": "Müller Schröder Jäger Weiß Köln München Düsseldorf Straße Größe "
    "Übung Käse Fuß schön Tür Bücher Göttingen Kredit Miete",
    "fr": "crédit société école François Hélène élève été Noël garçon "
    "Besançon très déjà hôtel forêt Évry loyer impayé refusé marié",
    "es": "España niño año mañana José María Martínez López "
    "Núñez Málaga crédito préstamo señor ocupación jubilación también casa",
    "pl": "Łódź Kraków Gdańsk Poznań Wrocław żółty źródło książka "
    "miłość mąż żona dług pożyczka Świątek mieszkanie własne wynajęte",
    "cs": "Dvořák Černý Novák Procházka Kučera Plzeň Ústí České žlutý "
    "kůň úvěr půjčka splátka ženatý rozvedená příjem měsíc řidič",
    "ru": "Москва Иванов Петров Сидорова кредит займ отказ одобрено квартира машина образование женат доход месяц высшее учитель",
    "el": "Αθήνα Θεσσαλονίκη Παπαδόπουλος Γεωργίου Δημήτρης Μαρία δάνειο πίστωση σπίτι αυτοκίνητο εισόδημα μήνας έγγαμος Πάτρα",
    "tr": "İstanbul İzmir Şahin Yılmaz Öztürk Çelik Gökçe borç evli "
    "bekâr öğretmen şoför işçi Diyarbakır Eskişehir Muğla Ağrı Iğdır",
    "ja": "東京 大阪 名古屋 札幌 福岡 佐藤 鈴木 高橋 田中 渡辺 住宅ローン "
    "自動車 教育 会社員 公務員 男性 女性 既婚 カード アパート はい いいえ",
    "zh": "北京 上海 广州 深圳 王伟 李娜 张敏 刘洋 贷款 汽车 教育 住房 "
    "已婚 未婚 男 女 批准 拒绝 收入 职员 教师 司机 工程师 本科 高中",
    "tw": "臺北 高雄 臺中 臺南 陳怡君 林志豪 張雅婷 貸款 汽車 教育 住房 "
    "已婚 未婚 男 女 核准 拒絕 收入 職員 教師 司機 工程師 大學",
}
ENCODED = [
    *(("de", "cp1252"), ("fr", "cp1252"), ("es", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250")),
    *(("cs", "iso8859-2"), ("ru", "cp1251"), ("ru", "koi8-r"), ("el", "cp1253"), ("tr", "cp1254"), ("ja", "shift_jis")),
    *(("ja", "euc_jp"), ("zh", "gb18030"), ("tw", "big5")),
]


def table_of(words: str, n: int, seed: int) -> str:
    draw = random.Random(seed)
    chosen = words.split()
    rows = [f"{k},{draw.choice(chosen)} {draw.choice(chosen)},{draw.choice(chosen)},{draw.randrange(9_999)}" for k in range(n)]
    return "\n".join(["id,name,purpose,amount", *rows, ""])


@pytest.mark.parametrize(("language", "encoding"), ENCODED)
@pytest.mark.parametrize("n", [12, 200])
def test_encodings_are_told_apart(opened, language, encoding, n):
    text = table_of(WORDS[language], n, seed=n)
    table = opened(text.encode(encoding))
    assert table.table()["name"].to_pylist() == [line.split(",")[1] for line in text.splitlines()[1:]]
    assert any("not UTF-8" in notice for notice in table.notices)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["de", "ru", "ja"])
def test_utf16_without_its_mark(opened, language, encoding):
    text = table_of(WORDS[language], 40, seed=1)
    table = opened(text.encode(encoding))
    assert table.recipe.encoding == encoding
    assert table.table()["name"].to_pylist() == [line.split(",")[1] for line in text.splitlines()[1:]]


@pytest.mark.parametrize("cell", ["£5", "Müller", "5 €", "français", "Æ"])
def test_a_few_letters_are_windows_1252(opened, cell):
    assert opened(f"id,x\n1,{cell}\n2,y\n".encode("cp1252")).table()["x"].to_pylist() == [cell, "y"]


@pytest.mark.parametrize("encoding", ["cp1250", "koi8-r", "shift_jis", "cp037", "utf-32"])
def test_an_encoding_can_be_chosen(opened, encoding):
    text = "id,name\n1,Jan\n2,Eva\n"
    table = opened(text.encode(encoding), recipe=Recipe(encoding=encoding))
    assert table.table()["name"].to_pylist() == ["Jan", "Eva"]
    assert table.notices == ()


@pytest.mark.parametrize("name", ["punycode", "unicode_escape", "rot13", "base64", "idna", "klingon", "../x", "\0"])
def test_what_is_no_encoding_of_a_file_is_refused(opened, name):
    with pytest.raises(ReadingError, match="no encoding"):
        opened("a,b\n1,2\n", recipe=Recipe(encoding=name))


@pytest.mark.parametrize("recipe", [None, Recipe()])
def test_stray_bytes_in_utf8_are_mended(opened, recipe):
    """Two Latin-1 letters among 4,000 that are UTF-8: the others are not read as mojibake."""
    rows = ["1,Müller\n".encode()] * 4_000
    rows[1_997] = rows[3_000] = "2,Größe\n".encode("latin-1")
    table = opened(b"id,name\n" + b"".join(rows), recipe=recipe)
    names = table.table()["name"].to_pylist()
    assert names[1_997] == "Größe"
    assert set(names) == {"Müller", "Größe"}
    assert table.recipe.encoding == "utf-8"
    (repair,) = table.repairs
    assert (repair.kind, repair.lines, repair.n_lines) == ("encoding", (1_999, 3_002), 2)
    assert repair.title == "4 byte(s) were not UTF-8, as all else is, and were read as windows-1252"


def test_a_letter_cut_off_at_the_end_is_told(opened):
    table = opened(b"id,name\n" + "1,中国\n".encode() * 50 + "2,中国".encode()[:-1])
    assert table.table()["name"].to_pylist()[:50] == ["中国"] * 50
    assert (table.repairs[0].kind, table.repairs[0].lines) == ("encoding", (52,))


def test_letters_across_blocks_are_no_stray_bytes(opened):
    """Three bytes to a letter: some straddle the blocks of 256 KB in which the file is looked through."""
    table = opened("id,name\n" + "1,中国人民\n" * 60_000 + "x,é\n")
    assert table.repairs == ()
    assert table.columns[1].n_distinct == 2


def test_a_text_that_is_not_in_the_encoding_chosen_is_refused(opened):
    content = b"a,b\n1,2\n3,\xe9\n"
    with pytest.raises(ReadingError, match=r"bytes on or after line 1 that are not utf-8") as caught:
        opened(content, recipe=Recipe(encoding="utf-8"))
    assert caught.value.kind == "undecodable"
