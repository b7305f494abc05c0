"""`python -m demo.district --seed 1 --out DIR`: writes the demo district as files."""

import argparse
import json
import sys
from pathlib import Path

from demo.district.build import generate
from demo.district.files import write


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.district", description="生成演示用区县数据")
    parser.add_argument("--seed", type=int, default=1, help="随机种子，同一种子生成的文件逐字节相同")
    parser.add_argument("--scale", type=float, default=1.0, help="规模系数，1 约为两万个检查对象")
    parser.add_argument("--out", type=Path, required=True, help="输出目录")
    arguments = parser.parse_args()
    counts = write(generate(arguments.seed, arguments.scale), arguments.out)
    print(json.dumps(counts, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
