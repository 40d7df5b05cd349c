/**
 * The most frequent words of the languages that a generated history is written in, most frequent first, and syllables
 * that its rarer words are made of. No statistics of real people: common words only.
 */
export interface Vocabulary {
  readonly frequent: readonly string[];
  readonly syllables: readonly string[];
  /** Syllables of a rare word. */
  readonly length: { readonly min: number; readonly max: number };
  /** Between words: nothing in Chinese and Japanese. */
  readonly space: string;
  readonly stops: readonly string[];
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/u);

const LATIN_STOPS = ['.', '.', '!', '?', '…', ''];
const CJK_STOPS = ['。', '。', '！', '？', '…', ''];

const ENGLISH: Vocabulary = {
  frequent: words(`
    the I to you and a it that is of in for on we was me have be my so with at not this just are do but what if can
    they all like know think will when there get out up your one time how he about good going from no or as yes would
    she now see had then here really some come back well want today go tomorrow need tonight work home right thanks
    because could did make still let sure them people been way more day him over too her only us maybe week later
    dinner train great meeting happy morning weekend school doctor coffee please sorry night love call photo money
    friend hello`),
  syllables: words(`ba con der el fi gran har in jor kel lo men nor op pre qui ros sta ter un ver wil yon zan tion`),
  length: { min: 2, max: 4 },
  space: ' ',
  stops: LATIN_STOPS,
};

const GERMAN: Vocabulary = {
  frequent: words(`
    ich und die das ist nicht du der zu es ja wir in mit so auch auf was aber mir hab dann mal noch den wie ein für
    schon bei am dir wenn von da nur haben hier eine oder mich kann bin jetzt heute nein doch morgen sehr gut war ganz
    um wird kein sie hat gerade wieder immer nach uns dich als nächste Woche könnte würde müssen schön Grüße später
    während natürlich früh Abend über Straße Mädchen größer Tür möchte Bahn Arbeit Uhr Zeit wirklich vielleicht
    Geburtstag Wetter Küche hören fährt Übung danke bitte`),
  syllables: words(`ab schl ei ung kör ver brü keit ma stein ge wür lich fän zer hof ßen ent tr äu ber wald nis gel`),
  length: { min: 2, max: 5 },
  space: ' ',
  stops: LATIN_STOPS,
};

const SPANISH: Vocabulary = {
  frequent: words(`
    que de no a la el y en lo un por me es te se con para una los ya sí mi pero si qué está como las bien al más tu
    eso le hoy del todo yo esta muy hay voy aquí también ahora cuando mañana vamos nada tengo así día casa algo hola
    bueno después gracias noche él porque siempre mejor año niño señora español tarde semana trabajo corazón quién
    dónde allí último música teléfono luego gente`),
  syllables: words(`ca ño der es fá gra lu men no pí qui rra sión te va xi za bre clo dor cha lle gui mó`),
  length: { min: 2, max: 4 },
  space: ' ',
  stops: LATIN_STOPS,
};

const FRENCH: Vocabulary = {
  frequent: words(`
    je de pas est que tu la et le un on à les en pour ça il moi des une va plus oui ce avec mais si bien c'est j'ai
    non ai du me te dans fait qui nous vous sur tout quand au demain comme aussi même ou être là après très soir déjà
    faire avoir rien peux merci où été encore chez jour trop voilà peut-être bientôt journée maison semaine école fête
    garçon français hôtel goûter père mère sœur œuf forêt noël naïve`),
  syllables: words(`bou ché deau eil fri gé lou ment no pré quoi rê sion tre vau chan eur ille oin aî cré`),
  length: { min: 2, max: 4 },
  space: ' ',
  stops: LATIN_STOPS,
};

const ARABIC: Vocabulary = {
  frequent: words(`
    في من على لا ما أن هذا أنا إلى مع كان هل يا عن نعم شكرا كل اليوم غدا الله أنت هو هي بعد قبل الآن كيف أين لماذا متى
    صباح مساء الخير عمل بيت مدرسة سيارة طعام قهوة شاي صديق أخي أختي أمي أبي جميل جدا قليلا كثيرا ربما أيضا لكن إذا
    سوف يمكن أريد عندي وقت ساعة أسبوع شهر سنة مدينة قطار رسالة صورة هاتف`),
  syllables: words(`با تا سي مو را كا لي نو دا فا حي عا قو شا طي زا جو خا ما يا`),
  length: { min: 2, max: 4 },
  space: ' ',
  stops: ['.', '.', '!', '؟', ''],
};

const CHINESE: Vocabulary = {
  frequent: words(`
    的 我 你 了 是 不 在 好 就 有 也 都 吧 吗 他 这 说 那 去 要 会 人 看 到 没有 还 什么 一个 我们 今天 明天 现在 可以
    知道 怎么 谢谢 觉得 时候 晚上 早上 回家 吃饭 工作 朋友 喜欢 一起 他们 因为 所以 但是 如果 已经 还是 真的 问题
    公司 学校 医院 电话 手机 照片 火车 飞机 天气 下雨 周末 生日 快乐 中国 北京 上海 妈妈 爸爸 孩子 老师 咖啡 牛奶
    开会 下班 地铁 超市 医生 音乐 电影 新年 红包 茶`),
  syllables: [],
  length: { min: 2, max: 2 },
  space: '',
  stops: CJK_STOPS,
};

const JAPANESE: Vocabulary = {
  frequent: words(`
    の は に を が て で です ます と も た ね よ な から けど ない する いる ある これ それ 今日 明日 今 私 何 はい
    ありがとう すみません お願い 大丈夫 了解 行く 来る 見る 食べる 時間 仕事 家 駅 電車 写真 友達 学校 先生 会社 天気
    雨 週末 誕生日 おめでとう 東京 京都 お母さん 子供 映画 音楽 コーヒー ビール ラーメン レストラン パソコン スマホ
    メール テレビ 楽しい 嬉しい 美味しい 忙しい 疲れた そろそろ たぶん やっぱり`),
  syllables: words(`カ キ ク コ サ シ ス タ ト ナ ハ フ マ ミ ラ リ ル レ ロ ン ー ド ジ バ パ`),
  length: { min: 3, max: 5 },
  space: '',
  stops: CJK_STOPS,
};

export const VOCABULARIES = {
  en: ENGLISH,
  de: GERMAN,
  es: SPANISH,
  fr: FRENCH,
  zh: CHINESE,
  ja: JAPANESE,
  ar: ARABIC,
} as const;

export type Language = keyof typeof VOCABULARIES;

export const EMOJI = words(`😂 ❤️ 👍 😊 🙏 😘 🎉 😅 🔥 😭 🥰 👏 🤔 😍 🙈 👨‍👩‍👧 🇪🇸 👋🏽 ☕ 🎂 🚲 🌧️`);

export const CODE = [
  'npm run build && node dist/main.js --port 8080',
  'SELECT id, name FROM users WHERE id = 42;',
  'if (items.length === 0) return undefined;',
  'git rebase --onto main feature~3 feature',
  'const total = rows.reduce((sum, row) => sum + row.price, 0);',
  'curl -sS https://status.example/api/v2/health | jq .state',
];
