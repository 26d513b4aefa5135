package registry

// Region is an administrative division (行政区划) of Haidong City.
type Region struct{ Code, Name string }

// Regions lists the divisions in which assets are registered: the city and its six counties and districts.
var Regions = []Region{
	{"630200", "海东市"}, {"630202", "乐都区"}, {"630203", "平安区"}, {"630222", "民和回族土族自治县"},
	{"630223", "互助土族自治县"}, {"630224", "化隆回族自治县"}, {"630225", "循化撒拉族自治县"},
}

// RegionName is the Chinese name of a region code, or "" if it is not one of Haidong's.
func RegionName(code string) string {
	for _, r := range Regions {
		if r.Code == code {
			return r.Name
		}
	}
	return ""
}

// IndustrySection is a section (门类) of GB/T 4754-2017 with the range of its divisions (大类).
type IndustrySection struct{ Section, Name, From, To string }

// IndustrySections lists all sections. The ranges were not checked against the text of the standard.
var IndustrySections = []IndustrySection{
	{"A", "农、林、牧、渔业", "01", "05"}, {"B", "采矿业", "06", "12"}, {"C", "制造业", "13", "43"},
	{"D", "电力、热力、燃气及水生产和供应业", "44", "46"}, {"E", "建筑业", "47", "50"}, {"F", "批发和零售业", "51", "52"},
	{"G", "交通运输、仓储和邮政业", "53", "60"}, {"H", "住宿和餐饮业", "61", "62"},
	{"I", "信息传输、软件和信息技术服务业", "63", "65"}, {"J", "金融业", "66", "69"}, {"K", "房地产业", "70", "70"},
	{"L", "租赁和商务服务业", "71", "72"}, {"M", "科学研究和技术服务业", "73", "75"},
	{"N", "水利、环境和公共设施管理业", "76", "79"}, {"O", "居民服务、修理和其他服务业", "80", "82"},
	{"P", "教育", "83", "83"}, {"Q", "卫生和社会工作", "84", "85"}, {"R", "文化、体育和娱乐业", "86", "90"},
	{"S", "公共管理、社会保障和社会组织", "91", "96"}, {"T", "国际组织", "97", "97"},
}

// FindIndustrySection finds a section by its letter.
func FindIndustrySection(letter string) (IndustrySection, bool) {
	for _, s := range IndustrySections {
		if s.Section == letter {
			return s, true
		}
	}
	return IndustrySection{}, false
}

// Level is the grade of data (GB/T 43697-2024, 第五十二条).
type Level string

// The levels. CORE is a known value so that it can be refused with a clear reason.
const (
	LevelGeneral   Level = "GENERAL"   // 一般数据
	LevelImportant Level = "IMPORTANT" // 重要数据
	LevelCore      Level = "CORE"      // 核心数据: refused everywhere
)
